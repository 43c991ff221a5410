import Foundation
import TestSupport
import Testing

/// Segments of the built program, from the camera to the files.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct SegmentProgramTests {
    private struct Line: Decodable { let time: Double }

    @Test func allSegmentsTogetherHaveTheFramesOfTheSidecarEachOnce() throws {
        let folder = try TemporaryFolder()
        let sidecar = folder.file("frames.jsonl")
        let clip = folder.file("clip.mp4")
        // Four and a half seconds.
        try FFmpegTool.run(["-i", try NumberedClip.path.get(), "-t", "4.5", "-c", "copy", clip])
        let run = try Program.run(
            [
                "-i", clip, "-m", Clips.model, "--live", "-o", folder.file("%H-%M-%S.mp4"), "--segment", "2s",
                "--sidecar", sidecar,
            ] + NumberedClip.plain)
        #expect(run.status == 0, "\(run.standardError)")
        let told = try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n").map {
            Int(
                (try JSONDecoder().decode(Line.self, from: Data($0.utf8)).time * Double(NumberedClip.framesPerSecond))
                    .rounded())
        }
        let files = try folder.contents().filter { $0.hasSuffix(".mp4") && $0 != "clip.mp4" }
        let parts = try files.map { try NumberedClip.numbers(folder.file($0)) }.sorted { $0[0] < $1[0] }
        #expect(parts.count == 3)
        let numbers = parts.flatMap { $0 }
        // On a machine with other work frames are let go.
        #expect(numbers.isRising && numbers.count >= 45)
        let first = try #require(numbers.first)
        // A picture that comes before the first map has no line.
        let start = try #require(told.first)
        #expect(start < 5 && numbers.map { $0 - first }.drop { $0 < start } == told[...])
        for part in parts.dropLast() { #expect(part.last! - part[0] < 2 * NumberedClip.framesPerSecond) }
    }
}
