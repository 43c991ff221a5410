import Foundation
import Glibc
import TestSupport
import Testing

/// `camstream serve` with several cameras.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct SiteProgramTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench() }

    private func write(_ cameras: String, defaults: String = "") throws {
        try bench.write(
            """
            defaults: {infer: {model: '\(Clips.model)'}\(defaults)}
            cameras:
            \(cameras)
            serve: {listen: 127.0.0.1:0}

            """)
    }

    private func reload(_ running: Program.Running) throws {
        running.forget()
        running.signal(SIGHUP)
        _ = try bench.notify.messages(upTo: "READY=1")
    }

    private func status(_ path: String, _ port: Int) throws -> Int { try Exchange("GET", path, port: port).status }

    @Test func camerasShareOneServerAndOneThatCannotBeOpenedHoldsUpNoOther() throws {
        try write(
            """
              door: {capture: {input: 'demo:size=160x120,fps=25'}}
              yard: {capture: {input: 'demo:size=320x240,fps=25'}, required: false}
              lost: {capture: {input: '\(bench.folder.file("none.mp4"))'}, required: false}
            """)
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        for name in ["door", "yard"] {
            #expect(try status("/cameras/\(name)/snapshot.jpg?max_age=5", port) == 200)
        }
        #expect(running.wait(for: "error: lost: "))
        let ready = try Exchange("GET", "/readyz", port: port)
        #expect(ready.status == 200 && ready.text.contains("lost, which is not required: "), "\(ready.text)")
        let metrics = try Exchange("GET", "/metrics", port: port).text
        for name in ["door", "yard"] {
            #expect(metrics.contains(#"camstream_signal{camera="\#(name)"} 1"#), "\(name)")
        }
        let list = try Exchange("GET", "/api/cameras", port: port).text
        for name in ["door", "yard", "lost"] { #expect(list.contains("\"\(name)\"")) }
        #expect(try status("/cameras/door/api/state", port) == 200)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("camstream: door: ") && run.standardError.contains("frames captured"))
    }

    @Test func aReloadAddsTakesOutAndChangesCamerasAndLeavesTheOthersAlone() throws {
        let output = bench.folder.file("door.mp4")
        let clip = try NumberedClip.path.get()
        let door = """
              door:
                capture: {input: '\(clip)'}
                encode: {output: '\(output)'}
                overlay: {opacity: 0, labels: none, box: false, color-bar: false, enlarge: false}

            """
        try write(door + "  yard: {capture: {input: 'demo:size=160x120,fps=25'}}")
        let running = try bench.start()
        _ = try bench.notify.messages(upTo: "READY=1")
        let port = try #require(running.port())
        #expect(try status("/cameras/yard/snapshot.jpg?max_age=5", port) == 200)
        #expect(running.wait(for: "recording \(output)"))
        // Another input, then another camera in its place, then what is wrong.
        try write(door + "  yard: {capture: {input: 'demo:size=320x240,fps=25'}}")
        try reload(running)
        #expect(running.wait(for: "yard: starting again with the new settings"))
        try write(door + "  gate: {capture: {input: 'demo:size=160x120,fps=25'}}")
        try reload(running)
        #expect(running.wait(for: "gate: this camera is new"))
        #expect(try status("/cameras/gate/snapshot.jpg?max_age=5", port) == 200)
        #expect(try status("/cameras/yard/snapshot.jpg", port) == 404)
        try write(door + "  gate: {capture: {input: 'demo:size=160x120', timeout: -1}}")
        try reload(running)
        #expect(running.wait(for: "cameras.gate.capture.timeout cannot be"))
        #expect(running.wait(for: "the old settings are kept"))
        #expect(try status("/cameras/gate/snapshot.jpg?max_age=5", port) == 200)
        running.signal(SIGTERM)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        let files = try bench.folder.contents().filter { $0.hasSuffix(".mp4") }
        #expect(files == ["door.mp4"], "the recording was not interrupted")
        let counts = try #require(
            run.standardError.firstMatch(of: #/door: \d+ frames captured, (\d+) written, (\d+) dropped/#))
        let (written, dropped) = (Int(counts.1)!, Int(counts.2)!)
        // What a busy machine loses is counted; nothing else is lost.
        let numbers = try NumberedClip.numbers(output)
        #expect(numbers.count == written && numbers.isRising)
        #expect(numbers.last! - numbers[0] + 1 - numbers.count <= dropped)
    }

    @Test func severalInputsAreATryOut() throws {
        let running = try Program.Running([
            "-i", "demo:size=160x120,fps=25", "-i", "demo:size=320x240,fps=25", "-m", Clips.model, "--serve",
            "--listen", "127.0.0.1:0",
        ])
        let port = try #require(running.port())
        for name in ["camera1", "camera2"] {
            #expect(try status("/cameras/\(name)/snapshot.jpg?max_age=5", port) == 200)
        }
        running.signal(SIGINT)
        #expect(running.finish().status == 0)
    }

    @Test func severalInputsWithoutViewersAndOneOutputForAllAreErrorsInOneLine() throws {
        let alone = try Program.run(["-i", "a.mp4", "-i", "b.mp4", "-m", Clips.model, "-o", bench.folder.file("o.mp4")])
        #expect(alone.status == 64 && alone.standardError.contains("several inputs are cameras"))
        let same = try Program.run([
            "-i", "demo:", "-i", "demo:", "-m", Clips.model, "--serve", "--listen", "127.0.0.1:0", "-o",
            bench.folder.file("o.mp4"),
        ])
        #expect(same.status == 64)
        #expect(same.standardError.contains("another file than the output of camera camera1"), "\(same.standardError)")
    }
}
