import Foundation
import Glibc
import TestSupport
import Testing

/// `--sidecar` and `--maps` without `--out`: what is seen, and no picture, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct AnalysisTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func lines(_ file: String) throws -> [Substring] {
        try String(contentsOfFile: folder.file(file), encoding: .utf8).split(separator: "\n")
    }

    @Test func whatIsSeenIsTheSameAsBesideAVideo() throws {
        let common = ["-i", try Clips.red.get(), "-m", Clips.model]
        let beside = try Program.run(
            common + [
                "-o", folder.file("out.mkv"), "--sidecar", folder.file("beside.jsonl"), "--maps",
                folder.file("beside.npz"),
            ])
        let alone = try Program.run(
            common + ["--sidecar", folder.file("alone.jsonl"), "--maps", folder.file("alone.npz")])
        #expect(beside.status == 0 && alone.status == 0, "\(beside.standardError)\(alone.standardError)")
        #expect(try lines("alone.jsonl").count == 20)
        #expect(try lines("alone.jsonl") == lines("beside.jsonl"))
        let (maps, others) = (
            try NPZFile(path: folder.file("alone.npz")), try NPZFile(path: folder.file("beside.npz"))
        )
        #expect(maps.floats("maps") == others.floats("maps") && maps.floats("maps").contains { $0 > 0 })
        #expect(
            try folder.contents().sorted() == ["alone.jsonl", "alone.npz", "beside.jsonl", "beside.npz", "out.mkv"])
        #expect(
            alone.standardError.contains("alone.jsonl, \(folder.file("alone.npz")): 20 frames read, 20 explained"),
            "\(alone.standardError)")
        #expect(alone.standardError.contains("busy: decode ") && alone.standardError.contains(" s, findings 0."))
        #expect(!alone.standardError.contains("overlay "), "\(alone.standardError)")
    }

    @Test func programsGetTheSummaryAsJSON() throws {
        let clip = try Clips.red.get()
        let common = ["-i", clip, "-m", Clips.model, "--force"]
        let run = try Program.run(
            common + ["-o", folder.file("out.mkv"), "--summary-json", folder.file("run.json")])
        #expect(run.status == 0, "\(run.standardError)")
        let summary = try #require(
            JSONSerialization.jsonObject(with: Data(folder.bytes(of: "run.json"))) as? [String: Any])
        #expect(summary["framesRead"] as? Int == 20 && summary["framesWritten"] as? Int == 20)
        #expect(summary["corruptPackets"] as? Int == 0 && summary["interrupted"] as? Bool == false)
        #expect(summary["files"] as? [String] == [folder.file("out.mkv")] && summary["input"] as? String == clip)
        #expect((summary["seconds"] as? Double ?? 0) > 0 && (summary["framesPerSecond"] as? Double ?? 0) > 0)
        #expect((summary["busy"] as? [String: Double])?.keys.sorted() == ["decode", "encode", "infer", "overlay"])

        let printed = try Program.run(
            common + ["--sidecar", folder.file("seen.jsonl"), "--class", "0", "--summary-json", "-"])
        let other = try #require(
            JSONSerialization.jsonObject(with: Data(printed.standardOutput.utf8)) as? [String: Any])
        #expect(other["framesExplained"] as? Int == 20 && other["framesWritten"] == nil)
        #expect(other["labelChanges"] == nil && other["files"] as? [String] == [folder.file("seen.jsonl")])
    }

    @Test func aSummaryThatCannotBeIsRefusedBeforeAnythingIsDone() throws {
        let cases: [(options: [String], status: Int32, part: String)] = [
            (["--summary-json", folder.file("no/run.json")], 73, "/no does not exist"),
            (
                ["--live", "--summary-json", folder.file("run.json")], 64,
                "error: --summary-json cannot stand here: it is for"
            ),
            (["--summary-json", folder.file("out.mkv")], 64, "error: --summary-json cannot be"),
        ]
        for (options, status, part) in cases {
            let run = try Program.run(
                ["-i", try Clips.red.get(), "-m", Clips.model, "-o", folder.file("out.mkv")] + options)
            #expect(run.status == status && run.standardError.contains(part), "\(run.standardError)")
        }
        #expect(try folder.contents().isEmpty)
    }

    @Test func aFolderOfNumberedPicturesIsReadAsAVideo() throws {
        try FileManager.default.createDirectory(atPath: folder.file("frames"), withIntermediateDirectories: true)
        try FFmpegTool.run(["-i", try Clips.red.get(), "-frames:v", "3", folder.file("frames/f_%03d.png")])
        let run = try Program.run([
            "-i", folder.file("frames"), "-m", Clips.model, "--sidecar", folder.file("seen.jsonl"),
        ])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("frames is \(folder.file("frames/f_%03d.png"))"), "\(run.standardError)")
        #expect(try lines("seen.jsonl").count == 3)
        let over = try Program.run([
            "-i", folder.file("frames"), "-m", Clips.model, "-o", folder.file("frames/f_%03d.png"), "--force",
        ])
        #expect(
            over.status == 64 && over.standardError.contains("another file than the input"), "\(over.standardError)")
        let videos = try Program.run(["-i", folder.path, "-m", Clips.model, "-o", folder.file("o.mp4")])
        #expect(videos.status == 65 && videos.standardError.contains("is a folder."), "\(videos.standardError)")
    }

    @Test func mapsAloneAreWritten() throws {
        let run = try Program.run(
            ["-i", try Clips.photo.get(), "-m", Clips.model, "--maps", folder.file("maps.npz"), "--layout", "grid"])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try NPZFile(path: folder.file("maps.npz")).shape("maps")?[1] ?? 0 > 1)
        #expect(try folder.contents() == ["maps.npz"])
    }

    @Test func anInterruptedRunKeepsWhatWasSeen() throws {
        let running = try Program.Running([
            "-i", try Clips.long.get(), "-m", Clips.model, "--sidecar", folder.file("seen.jsonl"), "--verbose",
        ])
        #expect(running.wait(for: "input "))
        // The file grows line by line.
        waitUntil {
            guard let hidden = try? folder.contents().first else { return !running.isRunning }
            let size = (try? Data(contentsOf: URL(filePath: folder.file(hidden))).count) ?? 0
            return size > 0 || !running.isRunning
        }
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(run.standardError.contains("what was read until then is kept in \(folder.file("seen.jsonl"))"))
        let count = try lines("seen.jsonl").count
        #expect((1..<5000).contains(count))
        #expect(try folder.contents() == ["seen.jsonl"])
    }

    @Test func aLiveInputNeedsNoOutputEither() throws {
        let run = try Program.run([
            "-i", try Clips.red.get(), "--live", "-m", Clips.model, "--sidecar", folder.file("seen.jsonl"),
        ])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try !lines("seen.jsonl").isEmpty)
        #expect(try folder.contents() == ["seen.jsonl"])
    }

    @Test func whatIsThereStaysUnlessItMayBeReplaced() throws {
        try Data("mine".utf8).write(to: URL(filePath: folder.file("seen.jsonl")))
        let arguments = ["-i", try Clips.red.get(), "-m", Clips.model, "--sidecar", folder.file("seen.jsonl")]
        let refused = try Program.run(arguments)
        #expect(refused.status == 73 && refused.standardError.contains("exists already"), "\(refused.standardError)")
        #expect(try lines("seen.jsonl") == ["mine"])
        let replaced = try Program.run(arguments + ["--force"])
        #expect(replaced.status == 0, "\(replaced.standardError)")
        #expect(try lines("seen.jsonl").count == 20)
    }
}
