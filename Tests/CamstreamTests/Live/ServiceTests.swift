import Foundation
import Glibc
import TestSupport
import Testing

/// `camstream serve` and its service manager.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct ServiceTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench() }

    private struct State: Decodable {
        struct Live: Decodable {
            let width: Int
            let source: String
        }
        let live: Live
    }

    private func live(_ port: Int) throws -> State.Live {
        try Exchange("GET", "/api/state", port: port).decoded(State.self).live
    }

    /// Ends it, and expects that it does so as a service should.
    private func stop(_ running: Program.Running) {
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
    }

    // MARK: - Start and stop

    @Test func itIsReadyAfterTheBindAndTheFirstPictureAndTellsWhatItDoesAndItsEnd() throws {
        let server = try StreamServer(.down)
        try bench.configure(server.address)
        let running = try bench.start()
        let port = try #require(running.port())
        #expect(running.wait(for: "Waiting for it to come back."))
        #expect(try Exchange("GET", "/healthz", port: port).status == 200)
        let before = try bench.notify.waiting()
        #expect(!before.contains { $0.hasPrefix("READY") })
        // A start may take as long as the camera is away.
        #expect(before.contains("EXTEND_TIMEOUT_USEC=30000000"))
        #expect(before.contains("STATUS=waiting for the first picture"))
        server.become(.up)
        #expect(try bench.notify.messages(upTo: "READY=1").last?.hasPrefix("STATUS=pictures from http://") == true)
        #expect(try Exchange("GET", "/readyz", port: port).status == 200)
        running.signal(SIGTERM)
        #expect(try bench.notify.messages(upTo: "STOPPING=1").contains("STATUS=finishing the recording"))
        #expect(running.finish().status == 0)
    }

    @Test func aWatchdogIsToldWhilePicturesComeAndWhileTheCameraIsAway() throws {
        let server = try StreamServer()
        try bench.configure(server.address)
        let running = try bench.start(watchdog: 2_400_000)
        #expect(running.port() != nil)
        _ = try bench.notify.messages(upTo: "WATCHDOG=1")
        server.become(.down)
        #expect(running.wait(for: "no signal since"))
        _ = try bench.notify.waiting()
        for _ in 0..<2 { _ = try bench.notify.messages(upTo: "WATCHDOG=1") }
        stop(running)
        #expect(!running.text.contains("the signal is back"))
    }

    @Test func aWatchdogIsNotToldWhenAReadHangs() throws {
        let (clip, pipe) = (bench.folder.file("clip.y4m"), bench.folder.file("pipe"))
        try FFmpegTool.run(["-i", try Clips.red.get(), "-t", "1", "-an", clip])
        #expect(mkfifo(pipe, 0o600) == 0)
        // Open for both, so that nobody waits for the other side, and the end never comes.
        let writer = FileHandle(fileDescriptor: open(pipe, O_RDWR), closeOnDealloc: true)
        try bench.configure(pipe, capture: "live: true, input-format: yuv4mpegpipe")
        let running = try bench.start(watchdog: 400_000)
        try writer.write(contentsOf: Data(bench.folder.bytes(of: "clip.y4m")))
        #expect(running.wait(for: "the service manager gets no sign"))
        // Nothing came after that; what came before was of pictures.
        let pings = try bench.notify.waiting().filter { $0 == "WATCHDOG=1" }.count
        #expect(pings >= 1)
        #expect(bench.notify.isEmpty)
        stop(running)
    }

    @Test func itAnswersOnTheSocketThatSystemdHasOpened() throws {
        let listener = try Listener()
        try bench.configure(try Clips.long.get(), serve: "listen: 127.0.0.1:1")
        let running = try Program.Running(
            [
                "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$camstream\" serve --config \"$config\" 3<&0 </dev/null",
            ], input: FileHandle(fileDescriptor: listener.descriptor, closeOnDealloc: true),
            environment: [
                "NOTIFY_SOCKET": bench.notify.name, "camstream": Program.executable.path, "config": bench.config,
            ], executable: "/bin/sh")
        _ = try bench.notify.messages(upTo: "READY=1")
        #expect(try Exchange("GET", "/readyz", port: Int(listener.port)).text == "ready\n")
        #expect(running.port() == Int(listener.port))
        stop(running)
    }

    // MARK: - Exit codes

    @Test func wrongSettingsAre78() throws {
        try bench.write("capture: {inptu: /dev/video0}\n")
        let run = try bench.run()
        #expect(run.status == 78 && run.standardError.contains("inptu"), "\(run.standardError)")
        unlink(bench.config)
        #expect(try bench.run().status == 78)
        try bench.configure(try Clips.long.get(), serve: "listen: '*:0'")
        let open = try bench.run()
        #expect(open.status == 78 && open.standardError.contains("token-file"), "\(open.standardError)")
        // Nobody was told that it runs.
        #expect(try bench.notify.waiting().allSatisfy { !$0.hasPrefix("READY") })
    }

    @Test func aMissingCameraIs66AndATakenPort69() throws {
        try bench.configure("/dev/video99", capture: "wait: false")
        #expect(try bench.run().status == 66)
        try bench.configure(bench.folder.file("none.mp4"), capture: "wait: false")
        #expect(try bench.run().status == 66)
        let listener = try Listener()
        try bench.configure("http://127.0.0.1:\(try Listener().port)/", capture: "wait: false")
        #expect(try bench.run().status == 66)
        try bench.configure(try Clips.long.get(), serve: "listen: 127.0.0.1:\(listener.port)")
        let run = try bench.run()
        #expect(run.status == 69 && run.standardError.contains("Address already in use"), "\(run.standardError)")
    }

    @Test func aModelThatCannotBeUsedIs65AndAFolderThatCannotBeWritten73() throws {
        let broken = bench.folder.file("broken.onnx")
        try bench.folder.write("no model".utf8, to: "broken.onnx")
        try bench.configure(try Clips.long.get(), model: broken)
        #expect(try bench.run().status == 65)
        try bench.configure(try Clips.long.get(), encode: "output: '\(bench.folder.file("none/out.mp4"))'")
        #expect(try bench.run().status == 73)
    }

    // MARK: - Reload

    private func reload(_ running: Program.Running) throws {
        _ = try bench.notify.waiting()
        running.forget()
        running.signal(SIGHUP)
        let told = try bench.notify.messages(upTo: "READY=1")
        #expect(told.contains("RELOADING=1"))
    }

    @Test func aReloadTakesNewSettingsAndViewersStay() throws {
        try bench.configure(try Clips.long.get())
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        let viewer = try StreamViewer(port: port)
        #expect(viewer.next { !$0.isSlate && $0.width == 160 } != nil)
        // At once.
        try bench.configure(try Clips.long.get(), overlay: "layout: side-by-side")
        try reload(running)
        #expect(running.wait(for: "the new settings hold"))
        #expect(viewer.next { $0.width == 320 } != nil)
        // With a new pipeline.
        try bench.configure("demo:size=640x360", overlay: "layout: overlay")
        try reload(running)
        #expect(running.wait(for: "starting again with the new settings"))
        #expect(viewer.next { !$0.isSlate && $0.width == 640 } != nil)
        #expect(try live(port).source == "demo:size=640x360")
        let metrics = try Exchange("GET", "/metrics", port: port)
        #expect(metrics.isConserved)
        // What one pipeline has measured goes on in the next, and nothing is told twice.
        let series = metrics.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: " ")[0]
        }
        #expect(Set(series).count == series.count)
        // Nothing has changed.
        try reload(running)
        #expect(running.wait(for: "the settings are as they were"))
        stop(running)
    }

    @Test func aReloadReadsSecretsAgainAndEndsWhoCameInWithOldOnes() throws {
        let (old, new) = ("old-token-0123456789", "new-token-0123456789")
        let tokens = bench.folder.file("tokens")
        func write(_ text: String) throws {
            _ = try bench.folder.write("\(text)\n".utf8, to: "tokens")
            chmod(tokens, 0o600)
        }
        try write(old)
        try bench.configure(try Clips.long.get(), serve: "listen: 127.0.0.1:0, token-file: '\(tokens)'")
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        func status(_ token: String) throws -> Int {
            try Exchange("GET", "/api/state?token=\(token)", port: port).status
        }
        let viewer = try StreamViewer(port: port, path: "/stream?token=\(old)")
        #expect(viewer.next { !$0.isSlate } != nil)
        #expect(try status(old) == 200 && status(new) == 401)
        try write(new)
        try reload(running)
        #expect(running.wait(for: "other tokens or passwords hold: all clients have to come in again"))
        #expect(viewer.next { _ in false } == nil, "the stream has ended")
        #expect(try status(old) == 401 && status(new) == 200)
        try write("short")
        running.forget()
        try reload(running)
        #expect(running.wait(for: "the old tokens, passwords and certificate are kept"))
        #expect(running.text.contains("token 1 must be at least 16 characters"))
        #expect(try status(new) == 200)
        try write(new)
        try reload(running)
        #expect(running.wait(for: "the settings are as they were"))
        stop(running)
    }

    @Test func aWrongReloadKeepsTheOldSettingsAndSaysWhy() throws {
        try bench.configure(try Clips.long.get())
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        let viewer = try StreamViewer(port: port)
        #expect(viewer.next { !$0.isSlate } != nil)
        try bench.write("capture: [")
        try reload(running)
        #expect(running.wait(for: "the old settings are kept") && running.text.contains(bench.config))
        try bench.configure(try Clips.long.get(), overlay: "opacity: 7")
        try reload(running)
        #expect(running.wait(for: "overlay.opacity"))
        try bench.configure(try Clips.long.get(), serve: "listen: 127.0.0.1:1")
        try reload(running)
        #expect(running.wait(for: "serve: these settings change only when the program is started again"))
        let shown = try #require(viewer.next { !$0.isSlate })
        #expect(viewer.next { $0.sequence > shown.sequence + 5 } != nil)
        stop(running)
    }

    @Test func aReloadWhoseModelOrInputIsWrongGoesBackToTheOldOnesRecordingIncluded() throws {
        let output = bench.folder.file("out.mp4")
        let broken = bench.folder.file("broken.onnx")
        try bench.folder.write("no model".utf8, to: "broken.onnx")
        let plain = "opacity: 0, labels: none, box: false, color-bar: false, enlarge: false"
        let clip = try NumberedClip.path.get()
        try bench.configure(clip, overlay: plain, encode: "output: '\(output)'")
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        let viewer = try StreamViewer(port: port)
        func seeMore() throws {
            #expect(running.wait(for: "recording \(bench.folder.path)"))
            let shown = try #require(viewer.next { !$0.isSlate })
            #expect(viewer.next { !$0.isSlate && $0.sequence > shown.sequence + 5 } != nil)
        }
        try seeMore()
        for (model, input) in [(broken, clip), (Clips.model, bench.folder.file("none.mp4"))] {
            // Another file has to begin, too.
            try bench.configure(input, model: model, overlay: plain, encode: "output: '\(output)', crf: 30")
            try reload(running)
            #expect(running.wait(for: "the old settings are kept"))
            try seeMore()
        }
        try bench.configure(clip, overlay: plain, encode: "output: '\(output)', crf: 30")
        try reload(running)
        #expect(running.wait(for: "starting again with the new settings"))
        try seeMore()
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        // No file took another one's place, and each has pictures.
        let files = try bench.folder.contents().filter { $0.hasPrefix("out") }
        #expect(files.count == 4 && files.contains("out.mp4"), "\(files) \(run.standardError)")
        for file in files {
            let numbers = try NumberedClip.numbers(bench.folder.file(file))
            #expect(!numbers.isEmpty && numbers.isRising)
        }
    }

    @Test func aSecondReloadWhileTheFirstOnesInputIsBeingOpenedIsNotLost() throws {
        let silent = try StreamServer(.silent)
        try bench.configure(try Clips.long.get())
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let viewer = try StreamViewer(port: try #require(running.port()))
        #expect(viewer.next { !$0.isSlate && $0.width == 160 } != nil)
        try bench.configure(silent.address)
        try reload(running)
        waitUntil { silent.requests > 0 }
        // A setting that a running pipeline takes, while there is none; and then another input.
        try bench.configure(silent.address, overlay: "opacity: 0.5")
        try reload(running)
        #expect(running.wait(for: "as soon as the pipeline is open"))
        try bench.configure("demo:size=640x360")
        try reload(running)
        #expect(running.wait(for: "starting again with the new settings"))
        #expect(viewer.next { !$0.isSlate && $0.width == 640 } != nil)
        stop(running)
    }

    @Test func whatViewersHaveChangedOutlivesAReload() throws {
        try bench.configure(try Clips.long.get())
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        let viewer = try StreamViewer(port: port)
        #expect(
            try Exchange(
                "PATCH", "/api/settings", body: #"{"overlay.layout": "side-by-side", "infer.smoothing": 1.5}"#,
                port: port
            ).status == 200)
        #expect(viewer.next { !$0.isSlate && $0.width == 320 } != nil)
        func smoothing() throws -> String? {
            let list = try Exchange("GET", "/api/settings", port: port).text
            return list.firstMatch(of: #/"infer.smoothing".*?"value" *: *([0-9.]+)/#).map { String($0.1) }
        }
        #expect(try smoothing() == "1.5")
        for (input, overlay, told) in [
            (try Clips.long.get(), "opacity: 0.5", "the new settings hold"),
            ("demo:size=640x360", "opacity: 0.5", "starting again with the new settings"),
        ] {
            try bench.configure(input, overlay: overlay)
            try reload(running)
            #expect(running.wait(for: told))
        }
        #expect(viewer.next { !$0.isSlate && $0.width == 1280 } != nil)
        #expect(try smoothing() == "1.5")
        stop(running)
    }
}
