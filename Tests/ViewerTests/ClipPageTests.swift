import Capture
import Foundation
import Kept
import Overlay
import TestSupport
import Testing

@testable import Viewer

/// What a page is given is what the recording has: packets, times, heats and records.
struct ClipPageTests {
    private let folder: TemporaryFolder
    private let page: String

    init() throws {
        folder = try TemporaryFolder()
        page = folder.file("page")
        try FileManager.default.createDirectory(atPath: page, withIntermediateDirectories: false)
    }

    private func write(_ path: String) throws -> (page: WrittenPage, summary: ClipPage.Summary) {
        var style = OverlayConfig()
        (style.colormap, style.opacity) = (.viridis, 0.4)
        let summary = try ClipPage(of: path, style: { [style] _ in style }, program: "camstream test").write(to: page)
        return (try WrittenPage(page), summary)
    }

    /// Seconds at which a player shows each picture.
    private func shown(_ video: String) throws -> [Double] {
        try FFmpegTool.probe(["-select_streams", "v:0", "-show_entries", "frame=pts_time", "\(page)/\(video)"])
            .split(whereSeparator: \.isWhitespace).compactMap { Double($0.prefix { $0 != "," }) }
    }

    private func hash(_ path: String, _ stream: String = "0:v:0") throws -> [UInt8] {
        try FFmpegTool.output(
            ["ffmpeg", "-v", "error", "-i", path, "-map", stream, "-c", "copy", "-f", "streamhash", "-"])
    }

    @Test func timesBeginAtZeroAndAreThoseThatAPlayerShows() throws {
        let clip = KeptClip.Shape()
        let (page, summary) = try write(try KeptClip.make(clip, in: folder))
        let expected = clip.times.map { Double($0 - clip.times[0]) / 1000 }
        let shown = try shown(page.facts.video)
        #expect(page.facts.video == "video.mp4" && page.times.count == clip.frames && summary.frames == clip.frames)
        for (told, wanted) in zip(page.times, expected) { #expect(abs(told - wanted) < 1e-9) }
        #expect(shown.count == clip.frames)
        for (seen, wanted) in zip(shown, expected) { #expect(abs(seen - wanted) < 1e-6) }
    }

    @Test func eachPictureHasItsOwnHeatAndRecord() throws {
        let (page, summary) = try write(try KeptClip.make(in: folder))
        #expect(page.numbers == Array(0..<50) && summary.framesWithoutHeat == 0)
        let size = KeptClip.grid.width * KeptClip.grid.height
        #expect(page.facts.tracks.map { $0.width * $0.height } == [size])
        #expect(page.facts.tracks[0].region == [0, 0, 160, 96])
        let heats = try page.heats(track: 0)
        #expect(heats == (0..<50).map { frame in (0..<size).map { KeptClip.heat(frame: frame, place: $0) } })
        #expect(page.hot.allSatisfy { $0 == 2500 } && page.probabilities.allSatisfy { $0 == 7500 })
        #expect(page.classes == (0..<50).map { $0 < 20 ? 3 : 7 })
    }

    @Test func changesAreMarkedWhereTheyAre() throws {
        let (page, _) = try write(try KeptClip.make(in: folder))
        func rows(_ flag: Int) -> [Int] { page.flags.indices.filter { page.flags[$0] & flag != 0 } }
        #expect(rows(1).count == 50 && rows(256).count == 50)
        #expect(rows(2) == Array(0..<40) + Array(45..<50))
        // Another class, then not recognised, then recognised again.
        #expect(rows(8) == [20, 40, 45])
        #expect(rows(16) == [30])
    }

    @Test func thePacketsAreTheRecordingsOwn() throws {
        var clip = KeptClip.Shape()
        clip.sound = ["-c:a", "aac"]
        let path = try KeptClip.make(clip, in: folder)
        let (page, summary) = try write(path)
        let video = "\(self.page)/\(page.facts.video)"
        #expect(try hash(path) == hash(video) && summary.soundLeftOut == nil)
        let codecs = try FFmpegTool.probe(["-show_entries", "stream=codec_name", video])
        #expect(codecs.split(separator: "\n") == ["h264", "aac"])
        // In front, so that a browser need not read to the end first.
        let bytes = try Data(contentsOf: URL(filePath: video))
        let (index, samples) = (bytes.firstRange(of: Data("moov".utf8)), bytes.firstRange(of: Data("mdat".utf8)))
        #expect(try #require(index).lowerBound < (try #require(samples)).lowerBound)
    }

    @Test func soundThatNoBrowserPlaysIsLeftOutAndTold() throws {
        var clip = KeptClip.Shape()
        clip.sound = ["-c:a", "pcm_s16le"]
        let (page, summary) = try write(try KeptClip.make(clip, in: folder))
        #expect(summary.soundLeftOut == "pcm_s16le")
        let streams = try FFmpegTool.probe(["-show_entries", "stream=codec_name", "\(self.page)/\(page.facts.video)"])
        #expect(streams.split(separator: "\n") == ["h264"])
    }

    @Test(arguments: [
        (["-c:v", "libvpx", "-b:v", "300k", "-auto-alt-ref", "1", "-lag-in-frames", "10"], "video.webm"),
        (["-c:v", "libvpx-vp9", "-b:v", "300k", "-deadline", "realtime", "-cpu-used", "8"], "video.mp4"),
    ]) func otherCodecsGoWhereBrowsersPlayThem(_ encoder: [String], _ name: String) throws {
        var clip = KeptClip.Shape()
        clip.encoder = encoder
        let (page, _) = try write(try KeptClip.make(clip, in: folder))
        #expect(page.facts.video == name && page.numbers == Array(0..<50))
        let shown = try shown(name)
        #expect(shown.count == 50)
        for (seen, told) in zip(shown, page.times) { #expect(abs(seen - told) < 0.0006) }
    }

    @Test func aPictureWithoutARecordHasNoHeatEither() throws {
        var clip = KeptClip.Shape()
        clip.lacksRecords = [4, 5]
        let (page, summary) = try write(try KeptClip.make(clip, in: folder))
        #expect(summary.framesWithoutHeat == 2 && page.facts.frames == 50)
        #expect(page.flags.indices.filter { page.flags[$0] & 257 != 257 } == [4, 5])
        #expect(page.numbers[4] == -1 && page.numbers[6] == 6)
        #expect(try page.heats(track: 0)[5].allSatisfy { $0 == 0 })
    }

    @Test func longHeatLiesInPiecesThatBeginAnew() throws {
        let pieces = HeatPieces(in: page, maps: [(width: 300, height: 300)])
        #expect(pieces.length == 11)
        let small = HeatPieces(in: page, maps: [(width: 35, height: 21)])
        #expect(small.length > 1000)
        let huge = HeatPieces(in: page, maps: [(width: 2048, height: 2048), (width: 1, height: 1)])
        #expect(huge.length == 1)
    }

    @Test func namesAndStyleAreToldAsTheyAre() throws {
        let (page, _) = try write(try KeptClip.make(in: folder))
        #expect(page.facts.name == "clip.mkv" && page.facts.codec == "h264")
        #expect(page.facts.names == ["3": "</script><b>\u{2028}tabby", "5": "fox", "7": "owl"])
        #expect(page.facts.style.colormap == "viridis" && page.facts.style.opacity == 0.4)
        #expect(page.facts.colormaps.count == Colormap.allCases.count)
        #expect(page.facts.colormaps.values.allSatisfy { $0.count == 6 * 256 })
        #expect(page.facts.colormaps["viridis"]?.prefix(12) == "440154440256")
    }

    @Test func aVideoThatNoBrowserPlaysIsRefused() throws {
        var clip = KeptClip.Shape()
        clip.encoder = ["-c:v", "mpeg4"]
        let path = try KeptClip.make(clip, in: folder)
        #expect(throws: ViewError.noBrowserPlays(input: path, codec: "mpeg4")) { try write(path) }
    }

    @Test func whatIsNoKeptRecordingIsRefused() throws {
        let path = try KeptClip.make(in: folder)
        let plain = folder.file("plain.mkv")
        try FFmpegTool.run(["-i", path, "-map", "0", "-c", "copy", "-metadata", "CAMSTREAM=", plain])
        #expect(throws: CaptureError.kept(input: plain, .notKept)) { try write(plain) }
        let newer = KeptClip.facts().line.replacing("\"format\":1", with: "\"format\":9")
        try FFmpegTool.run(["-i", path, "-map", "0", "-c", "copy", "-metadata", "CAMSTREAM=\(newer)", plain])
        #expect(throws: CaptureError.kept(input: plain, .newerFormat(9))) { try write(plain) }
        #expect(throws: CaptureError.notFound(input: folder.file("none.mkv"))) { try write(folder.file("none.mkv")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: page).isEmpty)
    }

    @Test func everythingOfThePageIsOneOfItsOwnFiles() throws {
        _ = try write(try KeptClip.make(in: folder))
        let files = Set(try FileManager.default.contentsOfDirectory(atPath: page))
        #expect(files == ["index.html", "view.css", "view.js", "clip.js", "heat-0.js", "video.mp4"])
        let text = try String(contentsOfFile: "\(page)/index.html", encoding: .utf8)
        let named = text.matches(of: /(?:src|href)="([^"]+)"/).map { String($0.1) }
        for name in named where !["data:,", "#play", "../"].contains(name) { #expect(files.contains(name), "\(name)") }
        // Every element that the script asks for by its name is there.
        let script = try String(contentsOfFile: "\(page)/view.js", encoding: .utf8)
        let ids = Set(script.matches(of: /get\("([a-z-]+)"\)/).map { String($0.1) })
        #expect(ids.count > 30)
        for id in ids { #expect(text.contains("id=\"\(id)\""), "\(id)") }
    }
}
