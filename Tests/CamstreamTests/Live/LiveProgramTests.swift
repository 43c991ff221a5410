import Foundation
import TestSupport
import Testing

/// The built program on files that it plays as if they were cameras.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct LiveProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func live(_ input: String, _ options: [String] = []) throws -> Program.Running {
        try Program.Running(["-i", input, "-m", Clips.model, "--live"] + options)
    }

    private struct State: Decodable {
        struct Frames: Decodable {
            let captured: Int
            let written: Int
            let inFlight: Int
            let dropped: [String: Int]
        }
        struct Live: Decodable {
            struct Class: Decodable { let label: String }
            let frames: Frames
            let top: [Class]
            let width: Int
        }
        let live: Live
    }

    private struct Line: Decodable {
        let frame: Int
        let time: Double
        let peak: [Int]
        let mapAge: Double?
    }

    @Test func aFileAsACameraIsRecordedAtItsOwnSpeedWithItsHeatOnTheObject() throws {
        let (output, sidecar) = (folder.file("out.mp4"), folder.file("out.jsonl"))
        let run = try live(
            try Clips.red.get(), ["-o", output, "--sidecar", sidecar, "--smoothing", "0", "--motion", "off"]
        ).finish()
        #expect(run.status == 0, "\(run.standardError)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let lines = try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n").map {
            try decoder.decode(Line.self, from: Data($0.utf8))
        }
        // What a busy machine loses is counted.
        let summary = try #require(
            run.standardError.firstMatch(of: #/(\d+) frames captured, (\d+) written, (\d+) dropped/#))
        let (captured, written, dropped) = (Int(summary.1)!, Int(summary.2)!, Int(summary.3)!)
        #expect(captured == 20 && captured == written + dropped)
        // An encoder that is starved may lose frames that were described, and pictures go on before the first map is there.
        #expect(!lines.isEmpty && lines.count <= captured && written > 0)
        for line in lines {
            let age = line.mapAge ?? 0
            let centre = Clips.centre(ofFrame: line.frame - Int((age * 10).rounded()))
            #expect(age >= 0)
            #expect(abs(line.peak[0] - centre.x) <= 20 && abs(line.peak[1] - centre.y) <= 20, "\(line)")
        }
        let times = try FFmpegTool.probe([
            "-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time", output,
        ]).split(separator: "\n").compactMap { Double($0) }
        #expect(times.count == written)
        if lines.count == written {
            for (time, line) in zip(times, lines) { #expect(abs(time - line.time + lines[0].time) < 0.01) }
        }
        #expect(try folder.contents() == ["out.jsonl", "out.mp4"])
    }

    @Test func whoWatchesCanAskAndChangeSettingsUntilASignalEndsItWithSuccess() throws {
        let running = try live(try Clips.long.get(), ["--serve", "--listen", "127.0.0.1:0"])
        let port = try #require(running.port())
        #expect(running.wait(for: "CAM head"))
        // A snapshot waits for a picture.
        #expect(try Exchange("GET", "/snapshot.jpg?max_age=5", port: port).status == 200)
        #expect(try Exchange("GET", "/readyz", port: port).text == "ready\n")
        let changed = try Exchange(
            "PATCH", "/api/settings", body: #"{"overlay.layout": "side-by-side", "infer.class": "red"}"#, port: port)
        #expect(changed.status == 200)
        var state = try Exchange("GET", "/api/state", port: port).decoded(State.self).live
        // From the next picture on.
        try waitUntil {
            state = try Exchange("GET", "/api/state", port: port).decoded(State.self).live
            return state.width == 320
        }
        #expect(state.top.first?.label == "red")
        let frames = state.frames
        #expect(frames.captured == frames.written + frames.inFlight + frames.dropped.values.reduce(0, +))
        let refused = try Exchange("PATCH", "/api/settings", body: #"{"overlay.opacity": 7}"#, port: port)
        #expect(refused.status == 422 && refused.text.contains("0 to 1"))
        let metrics = try Exchange("GET", "/metrics", port: port)
        #expect(metrics.metric("camstream_signal") == 1)
        #expect((metrics.metric("camstream_frames_per_second") ?? 0) > 5)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
    }

    @Test func anAddressThatIsTakenIs69InOneLine() throws {
        let first = try live(try Clips.long.get(), ["--serve", "--listen", "127.0.0.1:0"])
        let port = try #require(first.port())
        let second = try live(try Clips.long.get(), ["--serve", "--listen", "127.0.0.1:\(port)"]).finish()
        #expect(second.status == 69)
        #expect(second.standardError.contains("error: cannot listen on 127.0.0.1:\(port): Address already in use"))
        first.signal(SIGINT)
        #expect(first.finish().status == 0)
    }

    @Test func aPublicAddressNeedsAPassword() throws {
        let run = try live(try Clips.long.get(), ["--serve", "--listen", "*:0"]).finish()
        #expect(run.status == 64)
        #expect(run.standardError.contains("--token-file"))
    }
}
