import Evaluate
import Foundation
import TestSupport
import Testing

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
            "Below a baseline in some figures: Moved (", "▼", "Worst and best pictures",
            "data:image/jpeg;base64,AQID", "100.0 %", "<svg class=\"sweep\"", "seed 7", "4 pictures tell little",
            "2 (crowds, difficult ones)",
        ] { #expect(text.contains(word), "\(word)") }
        #expect(
            !text.contains("Unfinished") && !text.contains("<script") && !text.contains("http:")
                && !text.contains("https:"))
        #expect(try page([Runs.picture(0)], isFinished: false).contains("Unfinished"))
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
