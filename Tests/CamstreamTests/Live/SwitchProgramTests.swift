import Foundation
import Glibc
import TestSupport
import Testing

/// The built program, whose method, layer and model change while it shows and records.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct SwitchProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func patch(_ body: String, _ port: Int) throws -> Exchange {
        try Exchange("PATCH", "/api/settings", body: body, port: port)
    }

    private struct List: Decodable {
        struct Setting: Decodable {
            struct Choice: Decodable { let value: String }
            let key: String
            let value: Value
            let problem: String?
            let choices: [Choice]?
        }
        /// Of text, which is all that is looked at.
        struct Value: Decodable {
            let text: String?
            init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
        }
        let settings: [Setting]
    }

    private struct State: Decodable {
        struct Live: Decodable {
            struct Score: Decodable { let label: String }
            let top: [Score]
        }
        let live: Live
    }

    private func topClass(_ port: Int) throws -> String? {
        try Exchange("GET", "/api/state", port: port).decoded(State.self).live.top.first?.label
    }

    private func setting(_ key: String, _ port: Int) throws -> List.Setting {
        let list = try Exchange("GET", "/api/settings", port: port).decoded(List.self)
        return try #require(list.settings.first { $0.key == key })
    }

    @Test func switchingWhileItRecordsLosesNoPictureAndTheSidecarNamesEachLinesMethod() throws {
        let (output, sidecar) = (folder.file("out.mkv"), folder.file("out.jsonl"))
        let running = try Program.Running(
            [
                "-i", try NumberedClip.path.get(), "-m", Clips.model, "--live", "-o", output, "--sidecar", sidecar,
                "--listen", "127.0.0.1:0", "--verbose",
            ] + NumberedClip.plain)
        let port = try #require(running.port())
        #expect(running.wait(for: "CAM head"))
        #expect(try Exchange("GET", "/snapshot.jpg?max_age=5", port: port).status == 200)
        #expect(try setting("infer.model", port).value.text == "colours.yaml")
        #expect(try patch(#"{"infer.method": "layercam"}"#, port).status == 200)
        #expect(running.wait(for: "pictures go on with LayerCAM"))
        #expect(running.wait(for: "the switch took"))
        // CAM maps no layer but the one that is pooled: told, and nothing changes.
        let layers = try #require(try setting("infer.layer", port).choices).map(\.value)
        let other = try #require(layers.first { $0 != "auto" && $0 != layers.dropFirst().first })
        #expect(try patch(#"{"infer.method": "cam", "infer.layer": "\#(other)"}"#, port).status == 200)
        #expect(running.wait(for: "the switch failed"))
        try waitUntil { try setting("infer.method", port).problem != nil }
        #expect(try setting("infer.method", port).value.text == "layercam")
        for body in [
            #"{"infer.model": "/etc/passwd"}"#, #"{"infer.model": "../../demo"}"#, #"{"infer.model": "nobody"}"#,
            #"{"infer.method": "rise"}"#,
        ] {
            let refused = try patch(body, port)
            #expect(refused.status == 422 && refused.text.contains("allowed"), "\(body)")
        }
        // Another model, by the name that this program knows it by.
        #expect(try patch(#"{"infer.model": "demo", "infer.method": "auto"}"#, port).status == 200)
        #expect(running.wait(for: "pictures go on with CAM"))
        let colours = ["red", "green", "blue", "yellow", "cyan", "magenta", "grey", nil]
        // Until the first map of the new model is there, that of the old one is shown.
        try waitUntil { try !colours.contains(topClass(port)) }
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        let summary = try #require(
            run.standardError.firstMatch(of: #/(\d+) frames captured, (\d+) written, (\d+) dropped/#))
        let (captured, written, dropped) = (Int(summary.1)!, Int(summary.2)!, Int(summary.3)!)
        #expect(captured == written + dropped)
        // What a busy machine loses is counted; nothing else is.
        let numbers = try NumberedClip.numbers(output)
        #expect(numbers.count == written && numbers.isRising)
        #expect(numbers.last! - numbers[0] + 1 - numbers.count <= dropped)
        let methods = try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n").compactMap {
            $0.firstMatch(of: #/"method": ?"([^"]+)"/#).map { String($0.1) }
        }
        // One after the other, and never back.
        #expect(methods.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } } == ["cam", "layercam", "cam"])
    }

    @Test func methodsAreShownSideBySideLiveAndInFiles() throws {
        let running = try Program.Running([
            "-i", try Clips.long.get(), "-m", Clips.model, "--live", "--listen", "127.0.0.1:0", "--methods",
            "cam,layercam,eigencam",
        ])
        let port = try #require(running.port())
        #expect(running.wait(for: "CAM head"))
        #expect(try Exchange("GET", "/snapshot.jpg?max_age=5", port: port).status == 200)
        #expect(try patch(#"{"overlay.layout": "compare"}"#, port).status == 200)
        #expect(running.wait(for: "pictures go on with CAM and LayerCAM and Eigen-CAM"))
        try waitUntil { try Exchange("GET", "/api/state", port: port).text.contains(#""width":480"#) }
        #expect(try patch(#"{"overlay.layout": "overlay"}"#, port).status == 200)
        try waitUntil { try Exchange("GET", "/api/state", port: port).text.contains(#""width":160"#) }
        running.signal(SIGINT)
        #expect(running.finish().status == 0)

        let output = folder.file("two.mkv")
        let file = try Program.run([
            "-i", try Clips.red.get(), "-m", Clips.model, "-o", output, "--layout", "compare", "--methods",
            "cam,layercam", "--codec", "ffv1",
        ])
        #expect(file.status == 0, "\(file.standardError)")
        #expect(try FFmpegTool.probe(["-show_entries", "stream=width", output]).contains("320"))
    }

    @Test(arguments: [
        (["--layout", "compare", "--methods", "cam"], "--methods cannot be 'cam'"),
        (["--methods", "cam,layercam"], "--methods cannot be 'cam,layercam'"),
        (["--layout", "compare", "--maps", "m.npz"], "--maps cannot be 'm.npz'"),
    ])
    func whatCannotBeComparedIsOneLine(options: [String], line: String) throws {
        let run = try Program.run(
            ["-i", try Clips.red.get(), "-m", Clips.model, "-o", folder.file("o.mkv")] + options)
        #expect(run.status == 64 && run.standardError.contains(line), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
        #expect(try folder.contents().isEmpty)
    }

    @Test func aMethodForRecordingsIsComparedInFilesOnly() throws {
        let run = try Program.run([
            "-i", try Clips.long.get(), "-m", Clips.model, "--live", "--listen", "127.0.0.1:0", "--layout", "compare",
            "--methods", "cam,rise",
        ])
        #expect(run.status == 64 && run.standardError.contains("RISE runs the model thousands of times"))
    }
}
