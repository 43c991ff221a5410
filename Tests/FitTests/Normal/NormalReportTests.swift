import Foundation
import Infer
import TestSupport
import Testing

@testable import Fit

/// What is told of a model of good parts.
struct NormalReportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func report(masks: Bool = true, isTested: Bool = true) throws -> NormalReport {
        var options = NormalOptions()
        options.coreset = 200
        if isTested { options.test = try Parts.test(folder, masks: masks) }
        let good = try Parts.good(folder, count: 8)
        try folder.write("no picture, but a text <b>\n".utf8, to: "good/notes.jpg")
        let backbone = try PatchBackbone(model: Parts.backbone, card: nil, layers: [])
        return try NormalFitting([good], options)(backbone) { _ in }.report(
            source: "<good>", file: "line.onnx", program: "camstream 0", date: "2026-01-01T00:00:00Z", seconds: 1.5
        ) { _, _ in }
    }

    @Test func spotsAreToldFromGoodParts() throws {
        let report = try report()
        let test = try #require(report.test)
        #expect(test.kinds.map(\.name) == ["spot"] && test.all.pictures == 4 && test.good == 4)
        #expect(test.all.imageAUROC == 1 && test.all.found == 4)
        #expect(try #require(test.all.pixelAUROC) > 0.95)
        #expect(report.heldOut.count == 8 && report.heldOut.map(\.score) == report.heldOut.map(\.score).sorted(by: >))
        #expect(report.skipped.map(\.file) == ["notes.jpg"])
    }

    @Test func thePageHasPicturesAndNoMarkupOfOthers() throws {
        let report = try report(masks: false)
        let page = String(decoding: report.html(), as: UTF8.self)
        #expect(page.contains("&lt;good&gt;") && !page.contains("<good>"))
        #expect(page.components(separatedBy: "data:image/jpeg;base64,").count - 1 == 8 + 3 + 3)
        #expect(page.contains("There are no masks") && report.test?.all.pixelAUROC == nil)
        #expect(!page.contains("<script"))
        let numbers = try #require(
            try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
        #expect((numbers["heldOut"] as? [[String: Any]])?.first?.keys.sorted() == ["picture", "score"])
        #expect((numbers["threshold"] as? [String: Any])?["way"] as? String == "extremeValues")
    }

    @Test func withoutATestItSaysThatNobodyKnows() throws {
        let report = try report(isTested: false)
        #expect(report.test == nil && report.remarks.contains { $0.contains("No defect was seen yet") })
        #expect(!String(decoding: report.html(), as: UTF8.self).contains("AUROC"))
    }
}
