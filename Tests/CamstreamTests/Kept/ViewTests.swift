import Foundation
import Glibc
import TestSupport
import Testing

/// `camstream view` with the built program: pages on the disk and from its server, and what it cannot show.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct ViewTests {
    private let folder: TemporaryFolder
    private let kept: String

    init() throws {
        folder = try TemporaryFolder()
        kept = try KeptRun.make(in: folder)
    }

    private func refuse(_ arguments: [String], status: Int32, _ message: String) throws {
        let run = try Program.run(["view"] + arguments)
        #expect(run.status == status, "\(run.standardError)")
        #expect(run.standardError.contains(message), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
    }

    @Test func anExportIsAPageOfTheRecordingItself() throws {
        let page = folder.file("page")
        let run = try Program.run(["view", kept, "--export", page])
        #expect(run.status == 0 && run.standardError.contains("kept.mkv: 20 frames"), "\(run.standardError)")
        #expect(run.standardError.contains("open index.html in it"), "\(run.standardError)")
        func hash(_ path: String, _ stream: String) throws -> [UInt8] {
            try FFmpegTool.output(
                ["ffmpeg", "-v", "error", "-i", path, "-map", stream, "-c", "copy", "-f", "streamhash", "-"])
        }
        for stream in ["0:v:0", "0:a:0"] {
            #expect(try hash("\(page)/video.mp4", stream) == hash(try Clips.red.get(), stream))
        }
        let clip = try String(contentsOfFile: "\(page)/clip.js", encoding: .utf8)
        #expect(
            clip.hasPrefix("camstreamClip({") && clip.contains(#""frames":20"#)
                && clip.contains(#""blend":"attention""#))
        try refuse([kept, "--export", page], status: 73, "page is there already. Name a folder that is not.")
    }

    /// Begins where the edit list says: what it leaves out is in the file, and is not shown.
    @Test func anEditListIsFollowed() throws {
        let (cut, page) = (folder.file("cut.mp4"), folder.file("page"))
        try FFmpegTool.run(["-ss", "0.55", "-i", try Clips.red.get(), "-c", "copy", cut])
        let run = try Program.run(["-i", cut, "-m", Clips.model, "--keep-video", "-o", folder.file("kept.mp4")])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try Program.run(["view", folder.file("kept.mp4"), "--export", page]).status == 0)
        func times(_ path: String) throws -> [Double] {
            try FFmpegTool.probe(["-select_streams", "v:0", "-show_entries", "frame=pts_time", path])
                .split(whereSeparator: \.isWhitespace).compactMap { Double($0.prefix { $0 != "," }) }
        }
        let (shown, original) = (try times("\(page)/video.mp4"), try times(cut))
        #expect(shown.first == 0 && shown.count == original.count)
        for (one, other) in zip(shown, original) { #expect(abs(one - (other - original[0])) < 0.001) }
        let clip = try String(contentsOfFile: "\(page)/clip.js", encoding: .utf8)
        #expect(clip.contains("\"frames\":\(original.count)"))
    }

    @Test func theServerShowsItUntilItIsStoppedAndLeavesNothing() throws {
        let place = folder.file("temporary")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let running = try Program.Running(["view", kept], environment: ["TMPDIR": place])
        #expect(running.wait(for: "(Ctrl-C ends it)"))
        let port = try #require(running.text.firstMatch(of: #/http://127\.0\.0\.1:(\d+)//#).flatMap { Int($0.1) })
        let video = try Exchange("GET", "/video.mp4", port: port)
        #expect(video.status == 200 && video.head.contains("Accept-Ranges: bytes") && video.text.contains("ftyp"))
        #expect(try Exchange("GET", "/", port: port).text.hasPrefix("<!doctype html>"))
        #expect(try Exchange("GET", "/../kept.mkv", port: port).status == 404)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place).count == 1)
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
    }

    @Test func whatCannotBeShownIsToldInALine() throws {
        try refuse(
            [try Clips.red.get()], status: 65,
            "red.mp4 has no heat tracks: only a recording that was written with --keep-video has them.")
        try refuse([folder.file("none.mkv")], status: 65, "none.mkv: no such file")
        try refuse(["demo:"], status: 64, "demo: is no file. Name a recording that was written with --keep-video.")
        try refuse(["/dev/video7", "--export", folder.file("page")], status: 64, "/dev/video7 is no file")
        let empty = folder.file("empty")
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
        try refuse([empty], status: 65, "empty holds no recording that was written with --keep-video")
        try refuse([], status: 64, "missing expected argument '<recording>'")
        #expect(try !folder.contents().contains("page"))
    }

    @Test func anOldCodecIsToldWithTheWayOut() throws {
        let (old, page) = (folder.file("old.mp4"), folder.file("page"))
        try FFmpegTool.run(["-i", try Clips.red.get(), "-c:v", "mpeg4", old])
        let run = try Program.run(["-i", old, "-m", Clips.model, "--keep-video", "-o", folder.file("keptold.mkv")])
        #expect(run.status == 0, "\(run.standardError)")
        let message =
            "its video is mpeg4, which no browser plays. 'camstream burn' draws the overlay as a video instead."
        try refuse([folder.file("keptold.mkv"), "--export", page], status: 65, message)
        try refuse([folder.file("keptold.mkv")], status: 65, message)
        #expect(try !folder.contents().contains { $0.contains("page") })
    }

    @Test func onlyThisMachineIsServed() throws {
        try refuse(
            [kept, "--listen", "0.0.0.0:0"], status: 64,
            "--listen cannot be '0.0.0.0:0'; allowed: an address of this machine alone, such as 127.0.0.1:8095")
        try refuse([kept, "--listen", "here"], status: 64, "error: --listen cannot be 'here'")
        try refuse([kept, "--listen", "127.0.0.1:1", "--export", "x"], status: 64, "--export serves nothing")
    }
}
