import CV4L2
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Capture
@testable import camstream

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

    private func isHarmless(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value) }
            && !text.unicodeScalars.contains("\u{202E}")
            && !text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("camstream: error: forged") }
    }

    @Test func namesOfCamerasAndTheirControlsStayInTheirLines() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "video0")
        let camera = FakeCamera([.init("YUYV", [("640x480", [30])])]) {
            $0.card = Self.hostile
            $0.bus = Self.hostile
            $0.controls = [
                .init(Self.hostile, id: 1, V4L2_CTRL_TYPE_MENU, 0...1, menu: [0: Self.hostile, 1: "\u{1B}[2J"])
            ]
        }
        let entries = CameraDescription.all(
            ScriptedCamera([folder.file("video0"): camera]), VideoNodes(root: folder.path))
        let text = entries.map { DeviceTable($0).text }.joined(separator: "\n")
        // A driver has 31 bytes for the name.
        #expect(text.contains("x\\u{1B}]52;c;eA==\\u{7}\\r\\ncamstream") && isHarmless(text), "\(text)")
        // Programs get what the camera says, in JSON's own escapes.
        let json = try DeviceJSON(entries).text
        #expect(isHarmless(json))
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect((parsed[0]["card"] as? String)?.hasPrefix("x\u{1B}]52;c;eA==\u{7}\r\ncamstream") == true)
    }

    @Test func namesInAModelStayInTheirLines() {
        let table = TextTable([["tensor", "shape"], [Self.hostile, "1x2"], ["a", "1x3"]])
        #expect(table.lines.count == 3 && isHarmless(table.lines.joined(separator: "\n")), "\(table.lines)")
    }

    /// Of classes, in all that a server sends and the log says.
    @Test func namesOfClassesAreEscapedForEachPlace() throws {
        let folder = try TemporaryFolder()
        let name = Self.hostile + "\"</script>\\"
        let labels = try String(decoding: JSONEncoder().encode(Array(repeating: name, count: 7)), as: UTF8.self)
        try folder.write(labels.utf8, to: "labels.json")
        let model = checkout.appending(path: "models/colours/colours.onnx").path
        let card = try folder.write(
            "model: '\(model)'\nlabels: labels.json\ninput: {color: RGB}\n".utf8, to: "card.yaml")
        let running = try Program.Running([
            "-i", "demo:size=64x48", "-m", card, "--serve", "--listen", "127.0.0.1:0", "--class", "3", "-v",
        ])
        let port = try #require(running.port())
        var picture = try Exchange("GET", "/snapshot.jpg", port: port)
        try waitUntil {
            picture = try Exchange("GET", "/snapshot.jpg", port: port)
            return picture.head.contains("X-Camstream-Label: ")
        }
        for path in ["/api/state", "/api/settings", "/api/choices?key=infer.class&match=x"] {
            let answer = try Exchange("GET", path, port: port)
            #expect(answer.status == 200 && !answer.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) }
        }
        for path in ["/metrics", "/"] {
            let answer = try Exchange("GET", path, port: port)
            #expect(answer.status == 200 && isHarmless(answer.text), "\(path)")
        }
        #expect(picture.status == 200 && isHarmless(picture.head.replacing("\r\n", with: "\n")), "\(picture.head)")
        #expect(picture.head.contains("X-Camstream-Label: x%1B]52;c;eA==%07%0D%0Acamstream: error: forged%C2%9B2J"))
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0 && isHarmless(run.standardError), "\(run.standardError)")
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
