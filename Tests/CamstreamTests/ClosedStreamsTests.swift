import Foundation
import TestSupport
import Testing

/// Whoever stops reading what the built program says, or never did, ends nothing.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct ClosedStreamsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aRecordingGoesOnWhenTheReaderOfItsLogGoes() throws {
        let running = try Program.Running([
            "-i", "demo:size=160x120,fps=10", "-m", Clips.model, "--live", "-v", "--segment", "1s", "-o",
            folder.file("%H-%M-%S.mp4"),
        ])
        #expect(running.wait(for: "the first picture is delivered"))
        running.closeLog()
        func files() throws -> Int { try folder.contents().count { !$0.hasPrefix(".") } }
        try waitUntil { try files() >= 3 || !running.isRunning }
        running.signal(SIGTERM)
        #expect(running.status() == (0, false))
        #expect(try files() >= 3)
    }

    @Test func nothingIsWrittenIntoAFileThatGotTheNumberOfAClosedStream() throws {
        let output = folder.file("out.mkv")
        let running = try Program.Running(
            ["-c", #"exec "$0" "$@" <&- >&- 2>&-"#, Program.executable.path]
                + ["-v", "-i", try Clips.red.get(), "-m", Clips.model, "-o", output], executable: "/bin/sh")
        #expect(running.status() == (0, false))
        #expect(
            try FFmpegTool.probe(["-count_frames", "-show_entries", "stream=nb_read_frames", output]).contains("20"))
        let bytes = try folder.bytes(of: "out.mkv")
        #expect(Data(bytes).range(of: Data("camstream: ".utf8)) == nil)
    }

    @Test(arguments: [["models"], ["devices"], ["--help"], ["--version"]])
    func aCommandEndsQuietlyWithoutAReader(_ arguments: [String]) throws {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = Program.executable
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = errors
        try output.fileHandleForReading.close()
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(!text.contains("error"), "\(text)")
    }

    @Test(arguments: ["models", "--version"]) func aListThatIsLostIsTold(_ argument: String) throws {
        let run = try Program.run(
            ["-c", #"exec "$0" "$@" >/dev/full"#, Program.executable.path, argument], executable: "/bin/sh")
        #expect(run.status == 73)
        #expect(run.standardError.contains("standard output: No space left on device"), "\(run.standardError)")
    }
}
