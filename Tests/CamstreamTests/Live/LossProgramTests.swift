import Foundation
import Glibc
import TestSupport
import Testing

/// A network camera that goes and comes back, seen through the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct LossProgramTests {
    private struct Line: Decodable { let time: Double }

    @Test func viewersStayAndTheRecordingGoesOnInTheSameFileAtTheTrueTime() throws {
        let folder = try TemporaryFolder()
        let (output, sidecar) = (folder.file("out.mp4"), folder.file("out.jsonl"))
        let config = try folder.write("serve: {listen: '127.0.0.1:0', stale-after: 0.5}\n".utf8, to: "live.yaml")
        let server = try StreamServer()
        let running = try Program.Running([
            "--config", config, "-i", server.address, "-m", Clips.model, "-o", output, "--sidecar", sidecar,
        ])
        let port = try #require(running.port())
        let viewer = try StreamViewer(port: port)
        func ready() throws -> Int { try Exchange("GET", "/readyz", port: port).status }
        try waitUntil { try ready() == 200 }
        #expect(viewer.next { !$0.isSlate } != nil)

        server.become(.down)
        let slate = try #require(viewer.next { $0.isSlate })
        let lost = ContinuousClock.now
        try waitUntil { try ready() == 503 }
        var metrics = try Exchange("GET", "/metrics", port: port)
        #expect(metrics.metric("camstream_signal") == 0 && metrics.metric("camstream_signal_lost_total") == 1)
        #expect(metrics.metric("camstream_reconnects_total") == 0 && metrics.isConserved)
        // A slate a second, each with the file's own time.
        #expect(viewer.next { $0.isSlate && $0.sequence > slate.sequence } != nil)

        let gap = (ContinuousClock.now - lost) / .seconds(1)
        server.become(.up)
        let back = try #require(viewer.next { !$0.isSlate })
        #expect(viewer.next { !$0.isSlate && $0.sequence >= back.sequence + 5 } != nil)
        try waitUntil { try ready() == 200 }
        metrics = try Exchange("GET", "/metrics", port: port)
        #expect(metrics.metric("camstream_signal") == 1 && metrics.metric("camstream_reconnects_total") == 1)
        #expect(metrics.isConserved)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")

        #expect(try folder.contents() == ["live.yaml", "out.jsonl", "out.mp4"])
        let times = try FFmpegTool.probe([
            "-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time", output,
        ]).split(separator: "\n").compactMap { Double($0) }
        let pictures = try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8)).time
        }
        #expect(times.isRising && pictures.isRising)
        #expect((zip(pictures, pictures.dropFirst()).map { $1 - $0 }.max() ?? 0) >= gap)
        // Every picture is there at its time; what else is there are slates. The file begins at 0 with whichever came first.
        let first = try #require(pictures.first)
        let isWhole = times.contains { start in
            pictures.allSatisfy { picture in times.contains { abs(picture - first + start - $0) < 0.003 } }
        }
        #expect(isWhole, "\(pictures), in the file \(times): \(run.standardError)")
        #expect(times.count >= pictures.count + 2)
    }
}
