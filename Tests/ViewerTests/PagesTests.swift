import Capture
import Foundation
import Overlay
import Pipeline
import Serve
import Synchronization
import TestSupport
import Testing

@testable import Viewer

/// Folders of recordings, and where their pages come to.
struct PagesTests {
    private let folder: TemporaryFolder
    private let recordings: TemporaryFolder

    init() throws {
        (folder, recordings) = (try TemporaryFolder(), try TemporaryFolder())
    }

    /// Two recordings, a video that is none, and what has nothing to do with it.
    private func fill() throws {
        let path = try KeptClip.make(named: "kept", in: folder)
        for name in ["a b.mkv", "a-b.mkv"] {
            try FileManager.default.copyItem(atPath: path, toPath: recordings.file(name))
        }
        let plain = recordings.file("plain.mkv")
        try FFmpegTool.run(["-i", path, "-map", "0:0", "-c", "copy", "-metadata", "CAMSTREAM=", plain])
        try recordings.write("text".utf8, to: "torn.mkv")
        try recordings.write("text".utf8, to: "notes.txt")
    }

    private func served(_ path: String) throws -> ServedPages {
        try ServedPages(
            try Recordings(path), program: "test", interrupt: Interrupt(), style: { _ in OverlayConfig() },
            onClip: { _, _ in }, onProblem: { _ in })
    }

    @Test func aFolderIsAListOfItsKeptRecordings() throws {
        try fill()
        let all = try Recordings(recordings.path)
        #expect(all.isFolder && all.all.map(\.path) == [recordings.file("a b.mkv"), recordings.file("a-b.mkv")])
        #expect(all.all.map(\.folder) == ["a-b.mkv", "a-b.mkv-2"])
        #expect(try all.list().contains(#""folder":"a-b.mkv-2""#))
    }

    @Test func aFolderWithoutAnyIsRefused() throws {
        try recordings.write("text".utf8, to: "torn.mkv")
        #expect(throws: ViewError.nothingKept(folder: recordings.path)) { try Recordings(recordings.path) }
    }

    @Test func anExportIsThereAsAWholeOrNotAtAll() throws {
        try fill()
        let target = folder.file("export")
        try ViewExport(try Recordings(recordings.path), program: "test") { _ in OverlayConfig() }.write(to: target)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: target))
        #expect(names == ["index.html", "view.css", "index.js", "list.js", "a-b.mkv", "a-b.mkv-2"])
        #expect(FileManager.default.fileExists(atPath: "\(target)/a-b.mkv-2/video.mp4"))
        let again = ViewExport(try Recordings(recordings.path), program: "test") { _ in OverlayConfig() }
        #expect(throws: ViewError.exists(folder: target)) { try again.write(to: target) }
        let torn = ViewExport(try Recordings(recordings.file("torn.mkv")), program: "test") { _ in OverlayConfig() }
        #expect(throws: CaptureError.self) { try torn.write(to: folder.file("other")) }
        #expect(try folder.contents().filter { $0.contains("other") } == [])
    }

    @Test func aServerHandsOutWhatThePageIsMadeOfAndNothingElse() async throws {
        try fill()
        let pages = try served(recordings.path)
        #expect(try await pages.file(at: "/")?.type == "text/html; charset=utf-8")
        let list = try #require(try await pages.file(at: "/list.js"))
        #expect(try String(contentsOfFile: list.path, encoding: .utf8).hasPrefix("camstreamList(["))
        let video = try #require(try await pages.file(at: "/a-b.mkv-2/video.mp4"))
        #expect(video.type == "video/mp4" && FileManager.default.fileExists(atPath: video.path))
        let paths = [
            "", "//", "/..", "/a-b.mkv", "/a-b.mkv-2/..", "/a-b.mkv-2/../list.js", "/a-b.mkv/../../etc/passwd",
            "/a-b.mkv//etc/passwd",
            "/plain.mkv/", "/a%20b.mkv/", "/page-a-b.mkv/video.mp4", "/a-b.mkv/none.js",
            "/\(recordings.file("notes.txt"))",
            "/a-b.mkv/%2e%2e/list.js", "/./list.js", "/a-b.mkv/video.mp4/",
        ]
        for path in paths { #expect(try await pages.file(at: path) == nil, "\(path)") }
    }

    @Test func aPageIsMadeOnceAndGoesWithItsServer() async throws {
        let made = Atomic(0)
        let path = try KeptClip.make(in: folder)
        var place = ""
        do {
            let pages = try ServedPages(
                try Recordings(path), program: "test", interrupt: Interrupt(), style: { _ in OverlayConfig() },
                onClip: { _, _ in made.add(1, ordering: .relaxed) }, onProblem: { _ in })
            try await pages.makeFirst()
            async let one = pages.file(at: "/")
            async let other = pages.file(at: "/heat-0.js")
            let page = try #require(try await one)
            #expect(try await other != nil && made.load(ordering: .relaxed) == 1)
            place = page.path
            #expect(FileManager.default.fileExists(atPath: place))
        }
        #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test func whatCannotBeShownIsToldToWhoeverAsksForIt() async throws {
        var clip = KeptClip.Shape()
        clip.encoder = ["-c:v", "mpeg4"]
        let path = try KeptClip.make(clip, named: "old", in: folder)
        try FileManager.default.moveItem(atPath: path, toPath: recordings.file("old.mkv"))
        let told = Mutex<[String]>([])
        let pages = try ServedPages(
            try Recordings(recordings.path), program: "test", interrupt: Interrupt(), style: { _ in OverlayConfig() },
            onClip: { _, _ in }, onProblem: { text in told.withLock { $0.append(text) } })
        for _ in 0..<2 {
            let problem = await #expect(throws: ServedProblem.self) { try await pages.file(at: "/old.mkv/") }
            #expect(problem?.text.contains("its video is mpeg4, which no browser plays. 'camstream burn'") == true)
        }
        #expect(told.withLock(\.count) == 1)
    }
}
