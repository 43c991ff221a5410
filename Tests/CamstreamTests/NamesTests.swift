import Foundation
import TestSupport
import Testing

/// Names of others with characters that a terminal obeys, or that begin a line.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct NamesTests {
    private static let hostile = "x\u{1B}]52;c;eA==\u{7}\r\ncamstream: error: forged\u{9B}2J\u{202E}"

    /// - Parameter escape: what is shown in place of its first control character.
    private func expectHarmless(_ run: Program, escape: String = "\\u{1B}") {
        let text = run.standardError + run.standardOutput
        #expect(run.status != 0 && text.contains("x\(escape)]52;c;eA=="), "\(text)")
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0 == "\u{9B}" })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
        #expect(
            !text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("camstream: error: forged") }, "\(text)")
    }

    @Test func namesOfFilesDoNothingToATerminal() throws {
        let folder = try TemporaryFolder()
        let path = folder.file(Self.hostile + ".mp4")
        try "no video".write(toFile: path, atomically: true, encoding: .utf8)
        for input in [path, folder.file(Self.hostile)] {
            expectHarmless(try Program.run(["-i", input, "-m", Clips.model, "-o", folder.file("o.mp4")]))
        }
        expectHarmless(try Program.run(["-i", "demo:", "-m", path, "-o", folder.file("o.mp4")]), escape: "\u{FFFD}")
    }

    @Test func aNameThatIsNoNameIsTold() throws {
        let folder = try TemporaryFolder()
        let card = folder.file("card.yaml")
        let names = (0..<10).map { $0 == 3 ? String(repeating: "a", count: 1001) : "class \($0)" }
        try "labels: [\(names.joined(separator: ", "))]".write(toFile: card, atomically: true, encoding: .utf8)
        let run = try Program.run(["-i", "demo:", "-m", Clips.model, "--card", card, "-o", folder.file("o.mp4")])
        #expect(run.status == 65)
        #expect(
            run.standardError.contains("card.yaml")
                && run.standardError.contains("the name of class 3, 'aaaaaaaaaaaaaaaaaaaa…', has 1001 bytes"))
    }
}
