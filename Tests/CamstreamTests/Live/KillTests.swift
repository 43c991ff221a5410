import Foundation
import Glibc
import TestSupport
import Testing

/// The built program is killed while it records. Tests/Survival does the same many more times.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct KillTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func record(_ output: String, _ options: [String] = []) throws -> Program.Running {
        try Program.Running(
            [
                "-i", try NumberedClip.path.get(), "-m", Clips.model, "--live", "-o", output, "--listen", "127.0.0.1:0",
            ] + NumberedClip.plain + options)
    }

    /// Lets it record so many frames, and kills it.
    ///
    /// - Returns: how many it had told as written.
    private func kill(_ running: Program.Running, after frames: Int) throws -> Int {
        let port = try #require(running.port())
        var written = 0
        while written < frames {
            let metrics = try Exchange("GET", "/metrics", port: port)
            #expect(metrics.isConserved)
            written = Int(try #require(metrics.metric("camstream_frames_written_total")))
        }
        running.signal(SIGKILL)
        #expect(running.finish().status == SIGKILL)
        return written
    }

    /// But for the list of recordings.
    private func contents() throws -> [String] { try folder.contents().filter { $0 != ".camstream-recordings" } }
    private func hidden() throws -> [String] { try contents().filter { $0.hasPrefix(".") } }

    @Test(arguments: ["a.mp4", "b.mkv", "c.mp4", "d.mkv", "e.mp4"])
    func whatAKilledProgramHadWrittenIsThereButForTheLastSecondAndTheNextStartCompletesIt(name: String) throws {
        let output = folder.file(name)
        let written = try kill(try record(output), after: .random(in: 1...75))
        let left = try #require(try hidden().first)
        let numbers = try NumberedClip.numbers(folder.file(left))
        // A fragment, the picture that waits for the next one's time, and the one that is being written.
        #expect(numbers.count >= written - NumberedClip.framesPerSecond - 2)
        #expect(numbers.isRising)

        let next = try record(output)
        #expect(next.wait(for: "live input"))
        next.signal(SIGTERM)
        let run = next.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try hidden().isEmpty, "\(run.standardError)")
        guard !numbers.isEmpty else { return }
        #expect(run.standardError.contains("repaired \(output)"))
        #expect(try NumberedClip.numbers(output) == numbers)
        let seconds = Double(
            try FFmpegTool.probe(["-show_entries", "format=duration", output]).trimmingCharacters(
                in: .whitespacesAndNewlines))
        #expect(
            abs((seconds ?? 0) - Double(numbers.last! - numbers[0] + 1) / Double(NumberedClip.framesPerSecond)) < 0.1)
        if name.hasSuffix("mp4") {
            #expect(try NumberedClip.boxes(output).filter { $0 != "free" } == ["ftyp", "moov", "mdat"])
        }
    }

    @Test func noSegmentLosesMoreThanTheLastSecondAndNoFrameIsInTwo() throws {
        let pattern = folder.file("%H-%M-%S.mp4")
        let written = try kill(try record(pattern, ["--segment", "1s"]), after: .random(in: 40...90))
        let before = try contents().filter { $0.hasSuffix(".rec") || !$0.hasPrefix(".") }
        #expect(before.count >= 2)
        // The next one is stopped before it writes a frame of its own.
        let next = try Program.Running([
            "-i", folder.file("none.mp4"), "-m", Clips.model, "--live", "-o", pattern, "--segment", "1s",
        ]).finish()
        #expect(next.status == 65)
        #expect(try hidden().isEmpty, "\(next.standardError)")
        let files = try contents().map { try NumberedClip.numbers(folder.file($0)) }.filter { !$0.isEmpty }
        let numbers = files.sorted { $0[0] < $1[0] }.flatMap { $0 }
        #expect(numbers.isRising)
        #expect(numbers.count >= written - NumberedClip.framesPerSecond - 2)
    }
}
