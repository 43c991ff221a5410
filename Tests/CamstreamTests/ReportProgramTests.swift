import Foundation
import Glibc
import TestSupport
import Testing

/// `--report` with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct ReportProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func page() throws -> String {
        try String(contentsOfFile: folder.file("seen.html"), encoding: .utf8)
    }

    @Test func aPageIsMadeOfARecordingWithoutAnOutput() throws {
        let run = try Program.run(["-i", try Clips.red.get(), "-m", Clips.model, "--report", folder.file("seen.html")])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try folder.contents() == ["seen.html"])
        let page = try page()
        for part in [
            "<h1>red.mp4</h1>", "0:02.0, 20 frames", "<b>red</b>", "100.0 %", "(SHA-256)", "infer.smoothing", "Nowhere",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        // No folder of this machine, and nothing that a browser would fetch.
        #expect(!page.contains(try Clips.folder.get().file("")) && !page.contains("src=\"http"))
        #expect(page.components(separatedBy: "data:image/jpeg").count > 2)
    }

    @Test func besideAnOverlayItTellsTheSame() throws {
        let run = try Program.run([
            "-i", try Clips.red.get(), "-m", Clips.model, "--report", folder.file("seen.html"), "-o",
            folder.file("o.mkv"),
        ])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try page().contains("0:02.0, 20 frames"))
        #expect(try folder.contents().sorted() == ["o.mkv", "seen.html"])
    }

    @Test func anInterruptedRunLeavesAPageThatSaysSo() throws {
        let running = try Program.Running([
            "-i", try Clips.long.get(), "-m", Clips.model, "--report", folder.file("seen.html"), "--sidecar",
            folder.file("seen.jsonl"), "--verbose",
        ])
        waitUntil {
            let name = ((try? folder.contents()) ?? []).first { $0.contains("jsonl") }
            let size = name.flatMap { try? Data(contentsOf: URL(filePath: folder.file($0))).count } ?? 0
            return size > 0 || !running.isRunning
        }
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(try page().contains("Interrupted: the recording goes on after"))
    }

    @Test(arguments: [
        Refusal(
            name: "another ending", arguments: ["--report", "seen.pdf"], status: 64,
            message: "a file name that ends in .html"),
        Refusal(
            name: "a folder that is missing", arguments: ["--report", "/nowhere/seen.html"], status: 73,
            message: "the output folder /nowhere does not exist"),
        Refusal(
            name: "a live picture", arguments: ["--report", "seen.html", "--live"], status: 64,
            message: "the report of live video is not written into seen.html"),
        Refusal(
            name: "the same file twice", arguments: ["--report", "a.html", "--sidecar", "a.html"], status: 64,
            message: "the report and another output are both a.html"),
    ]) func whatCannotBeReportedIsSaidInALine(_ refusal: Refusal) throws {
        let run = try Program.run(["-i", try Clips.red.get(), "-m", Clips.model] + refusal.arguments)
        #expect(run.status == refusal.status, "\(run.standardError)")
        #expect(run.standardError.contains(refusal.message), "\(run.standardError)")
    }
}
