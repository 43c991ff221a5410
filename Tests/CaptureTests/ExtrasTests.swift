import CFFmpeg
import Capture
import Pipeline
import TestSupport
import Testing

/// What goes along with a video beside sound and subtitles.
@Suite struct ExtrasTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func film(_ name: String, _ options: [String] = []) throws -> FileSource {
        try folder.write(
            (";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/10\nSTART=0\nEND=4\ntitle=One\n"
                + "[CHAPTER]\nTIMEBASE=1/10\nSTART=4\nEND=10\ntitle=Two\n").utf8, to: "chapters.txt")
        let path = folder.file(name)
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", Clips.pattern, "-i", folder.file("chapters.txt"), "-map", "0", "-map_chapters", "1"]
                + ["-metadata", "creation_time=2024-05-01T12:00:00Z", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
                + options
                + [path])
        return try FileSource(path) { $0.takesAuxiliaryStreams = true }
    }

    @Test(arguments: ["mp4", "mov", "mkv"])
    func chaptersDateAndTimeCodeAreRead(ending: String) throws {
        let source = try film("film.\(ending)", ["-timecode", "10:00:00:00"])
        #expect(
            source.chapters.map(\.metadata["title"]) == ["One", "Two"]
                && source.chapters.map(\.start) == [0, 400_000] && source.chapters.map(\.end) == [400_000, 1_000_000])
        #expect(source.metadata["creation_time"]?.hasPrefix("2024-05-01T12:00:00") == true)
        #expect(source.videoMetadata["timecode"] == "10:00:00:00")
        #expect(source.metadata["timecode"] == nil)
        // The track of the time code, and that of the chapters' names, are read as what they mean.
        #expect(source.auxiliaryStreams.count == 0)
        #expect(try source.readAll().count == 25)
        #expect(source.takeWarnings() == [])
    }

    @Test func attachmentsGoAlong() throws {
        try folder.write([1, 2, 3], to: "letters.ttf")
        let source = try film(
            "fonts.mkv",
            ["-attach", folder.file("letters.ttf"), "-metadata:s:t", "mimetype=application/x-truetype-font"])
        #expect(source.auxiliaryStreams.map(\.parameters.pointee.codec_type) == [AVMEDIA_TYPE_ATTACHMENT])
        #expect(try source.readAll().count == 25)
    }

    @Test func otherPicturesAreLeftOutAndNamed() throws {
        let path = folder.file("two.mkv")
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", Clips.pattern, "-f", "lavfi", "-i", "testsrc=size=32x32:duration=1", "-map", "0"]
                + ["-map", "1", "-c:v", "ffv1", path])
        #expect(
            try FileSource(path) { $0.takesAuxiliaryStreams = true }.takeWarnings().map(\.description)
                == ["stream 1, a video (ffv1), is left out: only one video is read and written"])
    }
}
