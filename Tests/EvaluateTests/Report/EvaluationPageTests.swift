import Foundation
import TestSupport
import Testing

@testable import Evaluate

@Suite struct EvaluationPageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func page(_ pictures: [JudgedPicture], isFinished: Bool = true) throws -> String {
        let found = try Evaluation(
            journal: try Runs.journal(pictures, in: folder), .init(draws: 20, tuneShare: 0), isFinished: isFinished,
            date: "today", seconds: 3)
        let worst = try #require(found.methods[1].worst.first)
        let panels = [EvaluationPage.Panel(method: "moved", worst): Data([1, 2, 3])]
        return String(decoding: EvaluationPage(found, panels: panels).data, as: UTF8.self)
    }

    @Test func allIsInThePage() throws {
        let text = try page((0..<4).map { Runs.picture($0) })
        for word in [
            "MaxBoxAccV2", "PxAP", "Ranks", "relu5", "whole picture is better",
            "Below a baseline in some figures: Moved (", "▼", "Worst and best images",
            "data:image/jpeg;base64,AQID", "100.0 %", "<svg class=\"sweep few\"", "seed 7", "4 images say little",
            "2 (crowds, difficult ones)", "True is better in 4, Moved in 0 of 4 images.",
        ] { #expect(text.contains(word), "\(word)") }
        #expect(
            !text.contains("Unfinished") && !text.contains("<script") && !text.contains("http:")
                && !text.contains("https:"))
        #expect(try page([Runs.picture(0)], isFinished: false).contains("Unfinished"))
    }

    @Test func curvesHaveTheirBoundsAndMayFallBelowZero() throws {
        let series = [
            Series("insertion", "Insertion: probability", over: "share of the picture", at: [0, 0.5, 1]),
            Series("cascade_ranks", "Rank correlation, layer by layer", over: "share of the layers", at: [0.5, 1]),
        ]
        let pictures = (0..<3).map { number in
            var picture = Runs.picture(number)
            let curves = ["insertion": [0, 0.25 * Double(number), 1], "cascade_ranks": [0.5, -0.5]]
            picture.maps["true"] = Runs.map(2, others: MapFigures(curves: curves))
            return picture
        }
        let found = try Evaluation(
            pictures, facts: Runs.facts(series: series), .init(draws: 20, tuneShare: 0), date: "today", seconds: 3)
        let text = EvaluationPage(found, panels: [:]).text
        for word in [
            "While the image changes", "While the model forgets", "<path class=\"band c1\"", ">share of the layers<",
            // The line goes down to the bottom of the chart, and the grid has zero in the middle.
            "d=\"M274.0 13.9L504.0 248.0\"", ">0.0</text>", ">-0.4</text>",
        ] { #expect(text.contains(word), "\(word)") }
        #expect(!text.contains("nan"))
    }

    @Test func whatAMapCostsIsToldWhereItWasMeasured() throws {
        var found = try Evaluation(
            journal: try Runs.journal([Runs.picture(0)], in: folder), .init(draws: 0, tuneShare: 0), isFinished: true,
            date: "today", seconds: 3)
        #expect(!EvaluationPage(found, panels: [:]).text.contains("ms a map") && found.costRemark == nil)
        found.costs = [
            MapCost(method: "true", milliseconds: 7.44, forward: 1, head: 0, backward: 1),
            MapCost(method: "moved", milliseconds: 120.4, forward: 1, head: 1280, backward: 0),
        ]
        let text = EvaluationPage(found, panels: [:]).text
        #expect(text.contains("<td>7.4</td><td>1</td><td>1</td>"))
        #expect(text.contains("<td>120</td><td>1 + 1280 heads</td><td>0</td>"))
        #expect(text.contains("measured on a machine"))
        let path = try folder.write(JSONEncoder().encode(found), to: "report.json")
        #expect(try Evaluation(report: path).costs == found.costs)
    }

    @Test func namesOfOthersStayText() throws {
        var picture = JudgedPicture(
            LabelledPicture(path: "/p", name: "<script>alert(1)</script>.jpg", label: "\"><b>"))
        (picture.explained, picture.probability, picture.maps) = ("<i>cat</i>", 0.5, Runs.picture(0).maps)
        let text = try page([picture])
        #expect(!text.contains("<script") && !text.contains("<i>") && !text.contains("><b>\""))
        #expect(text.contains("&lt;i&gt;cat&lt;/i&gt;"))
    }
}
