import Foundation
import TestSupport
import Testing

/// What `camstream burn` cannot draw from, each in a line and with its exit code.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct BurnRefusalTests {
    private let folder: TemporaryFolder
    private let kept: String

    init() throws {
        folder = try TemporaryFolder()
        kept = try KeptRun.make(in: folder)
    }

    private func expect(_ arguments: [String], status: Int32, _ message: String) throws {
        let run = try Program.run(["burn", "-o", folder.file("out.mp4")] + arguments)
        #expect(run.status == status, "\(run.standardError)")
        #expect(run.standardError.contains(message), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count { $0.contains("error") } == 1, "\(run.standardError)")
        #expect(try !folder.contents().contains("out.mp4"))
    }

    /// The kept recording with another line in its tag.
    private func changed(_ from: String, _ to: String) throws -> String {
        let tag = try FFmpegTool.probe(["-show_entries", "format_tags=CAMSTREAM", kept])
        let line = tag.replacingOccurrences(of: "\n", with: "")
        #expect(line.contains(from))
        let path = folder.file("changed.mkv")
        let other = line.replacingOccurrences(of: from, with: to)
        try FFmpegTool.run(["-i", kept, "-map", "0", "-c", "copy", "-metadata", "CAMSTREAM=\(other)", path])
        return path
    }

    @Test func whatHasNoTracksSaysWhatMakesThem() throws {
        try expect(
            [try Clips.red.get()], status: 65,
            "red.mp4 has no heat tracks: only a recording that was written with --keep-video has them.")
        try expect(
            ["demo:"], status: 64, "demo: is no file. Name a recording that was written with --keep-video.")
        try expect(["/dev/video7"], status: 64, "/dev/video7 is no file")
        try expect(["rtsp://user:secret@camera/stream"], status: 64, "camera/stream is no file")
        try expect([folder.file("none.mkv")], status: 65, "none.mkv: no such file")
    }

    @Test func aNewerOrDamagedTagIsRefused() throws {
        let newer = try changed(#""format":1"#, #""format":9"#)
        try expect([newer], status: 65, "was written by a newer camstream (format 9")
        let damaged = try changed(#""heat":[{"#, #""heat":[{"more":"#)
        try expect([damaged], status: 65, "has a tag about its heat tracks that cannot be read")
        let impossible = try changed(#""format":1"#, #""format":-1"#)
        try expect([impossible], status: 65, "has an impossible format in the tag")
    }

    @Test func aTrackThatIsMissingIsNamed() throws {
        let path = folder.file("less.mkv")
        try FFmpegTool.run(["-i", kept, "-map", "0:0", "-map", "0:1", "-c", "copy", path])
        try expect([path], status: 65, "less.mkv lacks its label track (stream 3)")
        try FFmpegTool.run(["-i", kept, "-map", "0", "-map", "-0:2", "-c", "copy", path])
        try expect([path], status: 65, "Make it again with --keep-video.")
    }

    @Test func aLayoutThatNeedsOtherTracksIsRefused() throws {
        for layout in ["grid", "compare"] {
            try expect(
                [kept, "--layout", layout], status: 64,
                "error: --layout cannot be '\(layout)'; allowed: overlay, side-by-side or triple, as this recording has one heat "
                    + "track; for \(layout), make it with --keep-video --layout \(layout)")
        }
    }

    @Test func theOutputIsCheckedAsInARun() throws {
        try expect([], status: 64, "missing expected argument '<recording>'")
        try expect([kept, "-o", folder.file("out.xyz")], status: 64, "out.xyz")
        try expect([kept, "-o", kept, "--force"], status: 64, "another file than the input")
        let there = try folder.write("mine".utf8, to: "there.mp4")
        try expect([kept, "-o", there], status: 73, "exists already")
        #expect(try folder.bytes(of: "there.mp4") == Array("mine".utf8))
    }
}
