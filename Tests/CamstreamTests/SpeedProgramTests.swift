import Foundation
import TestSupport
import Testing

/// The whole program measures what computes fastest, remembers it, and says so.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct SpeedProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func log(cache: String) throws -> String {
        let run = try Program.run(
            ["-i", try Clips.red.get(), "-m", Clips.model, "-o", folder.file("out.mp4"), "--force", "-v"],
            environment: ["XDG_CACHE_HOME": cache])
        #expect(run.status == 0, "\(run.standardError)")
        return run.standardError
    }

    @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "one core leaves no choice"))
    func whatComputesFastestIsMeasuredOnceAndTheLogSaysSo() throws {
        let cache = folder.file("cache")
        let first = try log(cache: cache)
        #expect(first.contains("computed in "), "\(first)")
        let measured = try #require(
            first.firstMatch(of: /inferences: .*several at once: [0-9.]+ ms, all cores for one.*/))
        #expect(!first.contains("measured before"))
        let second = try log(cache: cache)
        #expect(second.contains(measured.output) && second.contains("what computes fastest was measured before"))

        let choices = URL(filePath: "\(cache)/camstream/speed.json")
        try Data("damaged".utf8).write(to: choices)
        #expect(!(try log(cache: cache)).contains("measured before"))
        #expect((try log(cache: cache)).contains("measured before"))
    }

    @Test func aCacheThatOthersMayWriteToIsLeftAlone() throws {
        let cache = folder.file("cache")
        try FileManager.default.createDirectory(atPath: "\(cache)/camstream", withIntermediateDirectories: true)
        #expect(try FFmpegTool.output(["chmod", "777", "\(cache)/camstream"]).isEmpty)
        let log = try log(cache: cache)
        #expect(log.contains("warning: others may write to \(cache)/camstream"), "\(log)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(cache)/camstream").isEmpty)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "one core leaves no choice"))
    func aCacheThatCannotBeWrittenIsSaid() throws {
        let log = try log(cache: "/dev/null/none")
        #expect(log.contains("measured at each start: the cache's folder cannot be written"), "\(log)")
    }
}
