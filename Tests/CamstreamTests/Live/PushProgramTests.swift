import Foundation
import TestSupport
import Testing

/// The built program sends its picture. `make test-outputs` does it with servers that others have made.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct PushProgramTests {
    @Test(arguments: [
        ([], "only live video is pushed; give --live to play the recording at its own rate, or leave --push away"),
        (
            ["--live", "--push", "http://me:secret@host/a"],
            "cannot push to http://***@host/a: http:// is no way to send it; use rtsp://"
        ),
        (["--live", "--push", "udp://127.0.0.1:9"], "cannot push to udp://127.0.0.1:9: it is named twice"),
    ])
    func whatCannotBePushedIsOneLineAnd64(options: [String], line: String) throws {
        let run = try Program.run(
            ["-q", "-i", try NumberedClip.path.get(), "-m", Clips.model, "--push", "udp://127.0.0.1:9"] + options)
        #expect(run.status == 64 && run.standardError.contains(line), "\(run.standardError)")
        #expect(!run.standardError.contains("secret"))
    }

    @Test func aPushIsAnOutputOfItsOwnAndEndsWithTheInput() throws {
        let folder = try TemporaryFolder()
        let clip = folder.file("clip.mp4")
        try FFmpegTool.run(["-i", try NumberedClip.path.get(), "-t", "1.5", "-c", "copy", clip])
        let run = try Program.run(
            ["-i", clip, "-m", Clips.model, "--live", "--push", "udp://127.0.0.1:9"] + NumberedClip.plain)
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("the picture is sent to udp://127.0.0.1:9"))
    }
}
