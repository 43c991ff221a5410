import Foundation
import Kept
import TestSupport
import Testing

/// What a detector found in a recording that is kept: boxes and heat beside the video, and drawn from there.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct KeptObjectsTests {
    private let clip: SquareClip
    private let kept: String

    init() throws {
        clip = try SquareClip()
        kept = clip.folder.file("kept.mkv")
    }

    private func text(_ stream: Int) throws -> [String] {
        let text = try FFmpegTool.output(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", kept, "-map", "0:\(stream)", "-f", "srt", "-"])
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        [], ["--heat", "dwell"], ["--layout", "side-by-side", "--track", "off"], ["--layout", "triple"],
    ]) func theOverlayIsThatOfTheRun(_ options: [String]) throws {
        let (direct, burned) = (clip.folder.file("direct.mkv"), clip.folder.file("burned.mkv"))
        try clip.run(options + ["--codec", "ffv1", "-o", direct])
        try clip.run(options + ["--keep-video", "-o", kept])
        let burn = try Program.run(["burn", kept, "--codec", "ffv1", "-o", burned])
        #expect(burn.status == 0, "\(burn.standardError)")
        let (one, other) = (
            try FFmpegTool.rawVideo(direct, pixelFormat: "yuv444p"),
            try FFmpegTool.rawVideo(burned, pixelFormat: "yuv444p")
        )
        try #require(one.count == other.count && !one.isEmpty)
        let farther = zip(one, other).count { abs(Int($0) - Int($1)) > 3 }
        #expect(farther * 1000 < one.count, "\(farther) of \(one.count)")
    }

    @Test func theRecordsHaveBoxesAndTheLabelsNames() throws {
        try clip.run(["--keep-video", "-o", kept])
        let records = try text(3).compactMap { KeptRecord(line: $0) }
        try #require(records.count == 20)
        let things = records.map { $0.objects ?? [] }
        #expect(things.map { $0.map(\.id) } == (0..<20).map { $0 < 5 ? [0] : $0 < 10 ? [1, 0] : $0 < 15 ? [1] : [] })
        #expect(things[7].map(\.corners) == [[0, 32, 32, 64], [64, 0, 96, 32]] && things[7].map(\.track) == [2, 1])
        #expect(records.allSatisfy { $0.heat.isEmpty && $0.boxes == nil } && records[0].hot ?? 0 > 0)
        let labels = try text(2).joined(separator: "\n")
        #expect(labels.contains("blue 1.00 #2, red 1.00 #1"), "\(labels)")
    }

    @Test func aPageHasTheBoxesToo() throws {
        try clip.run(["--keep-video", "-o", kept])
        // Browsers play no FFV1.
        let shown = clip.folder.file("shown.mkv")
        try FFmpegTool.run(["-i", clip.path, "-c:v", "libx264", "-pix_fmt", "yuv420p", shown])
        let page = clip.folder.file("page")
        let run = try Program.run(["-i", shown, "-m", clip.model, "--keep-video", "-o", clip.folder.file("web.mkv")])
        #expect(run.status == 0, "\(run.standardError)")
        let view = try Program.run(["view", clip.folder.file("web.mkv"), "--export", page])
        #expect(view.status == 0 && !view.standardError.contains("without"), "\(view.standardError)")
        let script = try String(contentsOfFile: "\(page)/clip.js", encoding: .utf8)
        #expect(script.contains("\"objects\":\""))
    }

    @Test func aGridHasNoTracksOfItsOwn() throws {
        let run = try Program.run(["-i", clip.path, "-m", clip.model, "--keep-video", "--layout", "grid", "-o", kept])
        #expect(run.status == 64 && run.standardError.contains("one heat track"), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
        #expect(!FileManager.default.fileExists(atPath: kept))
    }
}
