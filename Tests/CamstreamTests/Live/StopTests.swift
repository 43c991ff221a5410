import Foundation
import Glibc
import TestSupport
import Testing

/// SIGINT and SIGTERM in every state of the built program: a live run ends by itself, with 0, and what it had is kept.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct StopTests {
    private let folder: TemporaryFolder
    private let output: String

    init() throws {
        folder = try TemporaryFolder()
        output = folder.file("out.mp4")
    }

    /// A camera that is watched and recorded.
    private func live(_ input: String, _ options: [String] = []) throws -> Program.Running {
        try Program.Running(
            ["-i", input, "-m", Clips.model, "--live", "-o", output, "--listen", "127.0.0.1:0"] + options)
    }

    @Test(arguments: [SIGINT, SIGTERM]) func whileAnInputIsBeingOpened(signal: Int32) throws {
        let server = try StreamServer(.silent)
        let running = try live(server.address)
        #expect(running.port() != nil)
        waitUntil { server.requests > 0 }
        running.signal(signal)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try folder.contents().isEmpty)
    }

    @Test func whileAnInputIsWaitedFor() throws {
        let server = try StreamServer(.down)
        let running = try live(server.address, ["--wait"])
        #expect(running.wait(for: "Waiting for it to come back."))
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try folder.contents().isEmpty)
    }

    @Test func whileThereIsNoSignal() throws {
        let server = try StreamServer()
        let running = try live(server.address)
        let viewer = try StreamViewer(port: try #require(running.port()))
        #expect(viewer.next { !$0.isSlate } != nil)
        server.become(.down)
        #expect(running.wait(for: "no signal since"))
        #expect(viewer.next { $0.isSlate } != nil)
        running.signal(SIGTERM)
        // The viewer is told, too.
        while viewer.next() != nil {}
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try folder.contents() == ["out.mp4"])
    }

    @Test(arguments: ["out.mp4", "out.mkv", "out.ts"]) func whileAFragmentIsWrittenAndEveryFrameIsKept(name: String)
        throws
    {
        let output = folder.file(name)
        let running = try Program.Running(
            [
                "-i", try NumberedClip.path.get(), "-m", Clips.model, "--live", "-o", output, "--listen", "127.0.0.1:0",
            ] + NumberedClip.plain)
        let port = try #require(running.port())
        try waitUntil {
            try Exchange("GET", "/metrics", port: port).metric("camstream_frames_written_total") ?? 0 >= 30
        }
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        let numbers = try NumberedClip.numbers(output)
        #expect(numbers.isRising)
        let summary = try #require(
            run.standardError.firstMatch(of: #/(\d+) frames captured, (\d+) written, (\d+) dropped/#))
        #expect(numbers.count == Int(summary.2))
        #expect(Int(summary.1)! == Int(summary.2)! + Int(summary.3)!)
        #expect(try folder.contents() == [name])
    }

    @Test func aSecondSignalEndsItAtOnceAndTheNextStartCompletesWhatWasLeft() throws {
        // So slow that the pictures that wait for the encoder take seconds.
        let running = try Program.Running([
            "-i", "demo:size=1920x1080,fps=25", "-m", Clips.model, "--live", "-o", output, "--listen", "127.0.0.1:0",
            "--preset", "placebo", "--codec", "libx264",
        ])
        let port = try #require(running.port())
        try waitUntil { try Exchange("GET", "/metrics", port: port).dropped["encoder"] ?? 0 > 0 }
        // On a busy machine pictures are dropped before the first one is encoded, and begins the file.
        try waitUntil { try !folder.contents().isEmpty }
        running.signal(SIGTERM)
        running.signal(SIGINT)
        #expect([128 + SIGTERM, 128 + SIGINT].contains(running.finish().status))
        #expect(try folder.contents().count == 1)
        let next = try Program.Running([
            "-i", folder.file("none.mp4"), "-m", Clips.model, "--live", "-o", output,
        ]).finish()
        #expect(next.status == 65)
        // Less than a second was written, or it is complete now.
        #expect(try folder.contents().allSatisfy { $0 == "out.mp4" })
    }

    @Test func aServiceDoesNotWaitForASlowEncoder() throws {
        let bench = try ServiceBench()
        try bench.configure(
            "demo:size=1920x1080", encode: "output: '\(bench.folder.file("out.mp4"))', preset: placebo")
        let running = try bench.start()
        let port = try #require(running.port())
        try waitUntil { try Exchange("GET", "/metrics", port: port).dropped["encoder"] ?? 0 > 0 }
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0)
        // What waited for the encoder is told as lost.
        #expect(
            run.standardError.contains("end ") || run.standardError.contains("the end takes too long"),
            "\(run.standardError)")
    }

    @Test func aSlowEncoderCostsTheRecordingFramesAndTheViewersNone() throws {
        let running = try Program.Running([
            "-i", "demo:size=640x360,fps=25", "-m", Clips.model, "--live", "-o", output, "--listen", "127.0.0.1:0",
            "--preset", "placebo",
        ])
        let port = try #require(running.port())
        var metrics = try Exchange("GET", "/metrics", port: port)
        try waitUntil {
            metrics = try Exchange("GET", "/metrics", port: port)
            #expect(metrics.isConserved)
            return metrics.dropped["encoder"] ?? 0 >= 10
        }
        // Nothing waits for the encoder but the recording: each picture was shown before.
        let shown = metrics.metric("camstream_latency_seconds_count") ?? 0
        let written = metrics.metric("camstream_frames_written_total") ?? 0
        #expect(shown >= written + Double(metrics.dropped["encoder"] ?? 0))
        running.signal(SIGTERM)
        #expect(running.finish().status == 0)
    }

    @Test func aLogThatNobodyReadsHoldsUpNeitherPicturesNorTheEnd() throws {
        let path = folder.file("log")
        #expect(mkfifo(path, 0o600) == 0)
        // For both, so that nobody waits for the other side, and full.
        let log = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(log) }
        let dots = [UInt8](repeating: UInt8(ascii: "."), count: 4096)
        while write(log, dots, dots.count) > 0 {}
        let port = Int(try Listener().port)
        let running = try Program.Running(
            ["-c", #"exec "$0" "$@" 2>"$log""#, Program.executable.path]
                + ["-v", "-i", try Clips.long.get(), "-m", Clips.model, "--live", "--listen", "127.0.0.1:\(port)"],
            environment: ["log": path], executable: "/bin/sh")
        waitUntil { (try? Exchange("GET", "/snapshot.jpg?max_age=5", port: port))?.status == 200 }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        func readLog() {
            while case let count = read(log, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
        }
        // Each request has a line, until there is no room for more.
        try waitUntil {
            for _ in 0..<100 { _ = try Exchange("GET", "/healthz", port: port) }
            return try Exchange("GET", "/metrics", port: port).metric("camstream_log_lost_total") ?? 0 > 0
        }
        waitUntil {
            readLog()
            return String(decoding: text.suffix(1 << 16), as: UTF8.self).contains("lines of this log are lost")
        }
        running.signal(SIGTERM)
        #expect(running.finish().status == 0)
        readLog()
        #expect(String(decoding: text.suffix(1 << 16), as: UTF8.self).contains("frames captured"))
    }

    @Test func aServiceManagerThatReadsNothingHoldsUpNoStop() throws {
        let bench = try ServiceBench()
        try bench.configure("demo:size=160x120")
        bench.notify.fill()
        let running = try bench.start()
        #expect(running.port() != nil)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0)
        #expect(run.standardError.contains("frames captured"), "\(run.standardError)")
    }

    @Test(arguments: [(SIGINT, false), (SIGTERM, false), (SIGTERM, true)])
    func whileAModelIsBeingRead(signal: Int32, isLive: Bool) throws {
        // Names of classes that never come.
        let (card, labels) = (folder.file("card.yaml"), folder.file("labels"))
        #expect(mkfifo(labels, 0o600) == 0)
        let model = checkout.appending(path: "models/colours/colours.onnx").path
        try folder.write("model: '\(model)'\nlabels: '\(labels)'\ninput: {color: RGB}\n".utf8, to: "card.yaml")
        let running = try Program.Running(
            ["-i", "demo:size=160x120", "-m", card, "-o", output] + (isLive ? ["--live"] : []))
        var writer: Int32 = -1
        waitUntil {
            writer = open(labels, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return writer >= 0 || !running.isRunning
        }
        running.signal(signal)
        let run = running.finish()
        #expect(run.status == (isLive ? 0 : 128 + signal), "\(run.standardError)")
        #expect(run.standardError.contains("before the first"))
        #expect(try folder.contents() == ["card.yaml", "labels"])
        close(writer)
    }
}
