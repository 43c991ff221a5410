import Foundation
import TestSupport
import Testing

@testable import camstream

/// `camstream layers`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct LayersCommandTests {
    private func run(_ options: String...) throws -> Program {
        try Program.run(["layers", "--model", Fixtures.layers("vit_registers")] + options)
    }

    @Test func theListHasANumberALineAndMarksTheDefault() throws {
        let run = try run()
        #expect(run.status == 0, "\(run.standardError)")
        let lines = run.standardOutput.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines[0] == ["index", "--layer", "tensor", "operator", "shape", "map", "channels"])
        #expect(lines[1].prefix(2) == ["0", "-7"] && lines[1].suffix(4) == ["Conv", "1x8x4x6", "6x4", "8"])
        #expect(lines.count == 8)
        let marked = lines.filter { $0[0] == "*" }
        #expect(marked.count == 1 && marked[0][2] == "-1")
        #expect(marked[0].suffix(4) == ["LayerNormalization", "1x29x8", "6x4", "8"])
    }

    @Test func programsGetJSON() throws {
        let run = try run("--json")
        #expect(run.status == 0 && run.standardError.isEmpty, "\(run.standardError)")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? [[String: Any]])
        #expect(rows.count == 7 && rows.filter { $0["default"] as? Bool == true }.count == 1)
        let last = try #require(rows.last)
        #expect(last["negative"] as? Int == -1 && last["index"] as? Int == 6 && last["prefix"] as? Int == 5)
        #expect(last["layout"] as? String == "tokens" && last["shape"] as? [Int] == [1, 29, 8])
        #expect([last["width"], last["height"], last["channels"]] as? [Int] == [6, 4, 8])
        #expect(rows[0]["layout"] as? String == "channels-first" && rows[0]["prefix"] == nil)
    }

    @Test func allOfThemAreMoreAndHaveNoNumbers() throws {
        let lines = try run("--all").standardOutput.split(separator: "\n")
        #expect(lines.count > 20)
        #expect(lines.contains { $0.split(separator: " ").count == 5 })
    }

    @Test func aModelThatIsNotThereIsBadInput() throws {
        let run = try Program.run(["layers", "--model", "nothing.onnx"])
        #expect(run.status == 65 && run.standardError.contains("nothing.onnx"), "\(run.standardError)")
    }

    @Test func aModelThatTakesNoPictureSaysSo() throws {
        let run = try Program.run(["layers", "--model", Fixtures.model("two_inputs")])
        #expect(run.status == 65 && run.standardError.contains("2 inputs"), "\(run.standardError)")
    }
}
