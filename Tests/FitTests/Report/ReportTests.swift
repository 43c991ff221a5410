import Foundation
import Reports
import Testing

@testable import Fit

struct ReportTests {
    /// - Parameter names: of two classes; the second one is never recognised.
    static func report(_ names: [String] = ["cup", "none"], file: String = "cup.onnx", tested: Int = 12) -> FitReport {
        let count = 20 + tested
        let examples = (0..<count).map { LabelledExample(label: $0 % 2, group: $0) }
        let head = HeadFit(
            classes: 2, width: 3, weights: [Float](repeating: 0, count: 6), bias: [0, 0], temperature: 0.5, l2: 0.1,
            folds: 5,
            trials: [.init(l2: 0.1, accuracy: 0.9, logLoss: 0.3, temperature: 0.5)], balancesClasses: false)
        let answers = (20..<count).map {
            Evaluation.Answer(
                example: $0, label: $0 % 2, predicted: 0, probability: 0.9 - Double($0) / 1000, trueProbability: 0.1)
        }
        var findings = FitReport.Findings(
            classes: names, examples: examples, names: (0..<count).map { "\(names[$0 % 2])/\($0).jpg" },
            training: Array(0..<20), head: head, evaluation: tested > 0 ? Evaluation(answers, classes: 2) : nil)
        findings.negatives = [1]
        findings.pictures = [21: Data([0xff, 0xd8])]
        findings.skipped = [FitReport.Skipped(file: "\(names[0])/broken.jpg", reason: "it is no picture: \(names[0])")]
        var table = FeatureTable(width: 2)
        for example in 0..<count {
            // 0 and 1 are of two classes, 2 and 22 on both sides.
            let angle = Double([0: 0, 1: 0, 2: 50, 22: 50][example] ?? example * 7)
            table.append([Float(cos(angle)), Float(sin(angle))], example: example)
        }
        findings.nearDuplicates = try? NearDuplicates(table, groups: Array(0..<count), threshold: 0.999999, threads: 1)
        findings.lookAlikes = LookAlikes(findings.evaluation, table, examples, classes: 2)
        return FitReport(
            program: "camstream 1.0", date: "2026-11-30T01:02:03Z",
            model: .init(file: file, backbone: names[0], licence: names[1], features: 3),
            data: .init(source: names[0], hash: "ab12", photographs: 30, clips: 1, frames: 2, views: 3), findings)
    }

    @Test func theJSONHoldsWhatTheNumericsFound() throws {
        let json = try #require(
            JSONSerialization.jsonObject(with: try Self.report().json()) as? [String: Any])
        #expect(json["format"] as? Int == 1)
        let test = try #require(json["test"] as? [String: Any])
        #expect(test["count"] as? Int == 12)
        #expect(test["right"] as? Int == 6)
        #expect(test["confusion"] as? [[Int]] == [[6, 0], [6, 0]])
        let classes = try #require(json["classes"] as? [[String: Any]])
        #expect(classes.map { $0["name"] as? String } == ["cup", "none"])
        #expect(classes[1]["recall"] as? Double == 0)
        #expect(classes[1]["isNegative"] as? Bool == true)
        let errors = try #require(json["errors"] as? [[String: Any]])
        #expect(errors.map { $0["example"] as? String }.first == "none/21.jpg")
        #expect(errors.count == 6)
        #expect(errors.allSatisfy { $0["picture"] == nil }, "pictures are for the page")
    }

    @Test func nearDuplicatesBetweenClassesComeBeforeThoseAcrossTheSplit() {
        let facts = Self.report().nearDuplicates
        #expect(
            facts.pairs.map { [$0.first, $0.second] } == [["cup/0.jpg", "none/1.jpg"], ["cup/2.jpg", "cup/22.jpg"]])
        #expect(facts.pairs.map(\.isAcrossSplit) == [false, true])
        #expect((facts.count, facts.betweenClasses, facts.acrossSplit) == (2, 1, 1))
    }

    @Test func whatIsWrongIsSaidInSentences() {
        let remarks = Self.report().remarks
        for said in [
            "1 pair of nearly the same image lies in two classes", "was learnt and tested", "1 file could not be",
            "Fewer than 7 of 10 are recognised of 'none'", "12 examples tested",
        ] {
            #expect(remarks.contains { $0.contains(said) }, "\(said): \(remarks)")
        }
        #expect(Self.report(tested: 0).remarks[0].contains("Nothing was held out"))
        #expect(!remarks.contains { $0.contains("capitals") })
        let alike = Self.report(["Cup", "cup"]).remarks
        #expect(alike.contains { $0.hasPrefix("The names 'Cup', 'cup' differ in capitals alone") }, "\(alike)")
    }

    @Test func theSameFindingsMakeTheSameBytes() throws {
        let (one, other) = (try Self.report().json(), try Self.report().json())
        #expect(one == other)
        #expect(Self.report().html() == Self.report().html())
    }

    @Test func aReportWithoutATestIsAPage() {
        let page = String(decoding: Self.report(tested: 0).html(), as: UTF8.self)
        #expect(page.contains("Nothing was held out"))
        #expect(!page.contains("taken for what"))
    }

    // MARK: Names of others

    private static let hostile = [
        "</title><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    ]

    @Test func namesOfOthersStayText() {
        let page = String(
            decoding: Self.report(Self.hostile, file: "'\"><svg onload=alert(1)>.onnx").html(), as: UTF8.self)
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img src=x"))
        #expect(!page.contains("<svg onload"))
        #expect(page.contains("&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;"))
        // All that begins with an angle bracket is ours.
        let ours: Set<Substring> = [
            "!doctype", "html", "head", "meta", "title", "style", "body", "header", "main", "h1", "h2", "p", "section",
            "div", "b",
            "span", "ul", "li", "figure", "img", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "abbr",
            "details",
            "summary", "dl", "dt", "dd", "code", "svg", "g", "rect", "line", "text",
        ]
        for tag in page.split(separator: "<").dropFirst() {
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" }
            #expect(ours.contains(name), "<\(tag.prefix(40))")
        }
        #expect(!page.contains("onerror=alert(1)>"))
    }

    @Test func whatSteersTextIsShownAsACode() {
        let page = String(decoding: Self.report(["a\u{202E}b", "c\u{0}\u{1B}[2Jd"]).html(), as: UTF8.self)
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e })
        #expect(page.contains("a\\u{202E}b"))
    }

    @Test func thePageAsksForNothingFromElsewhere() {
        let page = String(decoding: Self.report().html(), as: UTF8.self)
        #expect(page.contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
        #expect(page.contains("data:image/jpeg;base64,/9g="))
    }

    @Test func manyClassesMakeAChart() {
        let names = (0..<60).map { "class \($0)" }
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 60), count: 60)
        for label in 0..<60 { counts[label][label] = 5 }
        counts[3][50] = 2
        let html = ConfusionChart(names: names, counts: counts).html.markup
        #expect(html.contains("<title>class 3 taken for class 50: 2 of 7</title>"))
        #expect(html.components(separatedBy: "<rect class=\"hit ").count == 61)
        #expect(!html.contains("<table"))
    }
}
