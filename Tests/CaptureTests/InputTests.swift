import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct InputTests {
    @Test func namesSayWhatTheyAre() throws {
        #expect(try InputLocation("-") == .descriptor(0))
        #expect(try InputLocation("pipe:") == .descriptor(0))
        #expect(try InputLocation("pipe:7") == .descriptor(7))
        #expect(try InputLocation("rtsp://camera/1") == .address("rtsp://camera/1"))
        #expect(try InputLocation("concat:a.ts|b.ts") == .address("concat:a.ts|b.ts"))
        #expect(try InputLocation("file:\(Clips.bFrames)") == .file(path: Clips.bFrames))
        #expect(throws: CaptureError.notFound(input: "10:30.mp4")) { try InputLocation("10:30.mp4") }
    }

    @Test func aFileMayHaveAnAddresssOrAPatternsName() throws {
        let folder = try TemporaryFolder()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Clips.bFrames))
        for name in ["10:30.mp4", "50%d.mp4", "-clip.mp4", "a b'c.mp4"] {
            let path = try folder.write(bytes, to: name)
            #expect(try FileSource(path).frameCountEstimate == 25, "\(name)")
        }
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", Clips.pattern, "-frames:v", "1", "-update", "1", folder.file("plain.png")])
        let picture = try folder.write(folder.bytes(of: "plain.png"), to: "50%03d.png")
        let source = try FileSource(picture)
        #expect(source.isStill && !source.isSequence)
        #expect(try source.readAll().count == 1)
    }

    /// A playlist of one segment for each name, a second each.
    private func playlist(_ names: [String], in folder: TemporaryFolder) throws -> String {
        let segments = names.map { "#EXTINF:1.0,\n\($0)\n" }.joined()
        return try folder.write(
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n\(segments)#EXT-X-ENDLIST\n".utf8, to: "list.m3u8")
    }

    @Test func aPlaylistsFilesAreInItsFolder() throws {
        let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        mkdir(folder.file("sub"), 0o700)
        for path in [folder.file("one.ts"), folder.file("sub/two.ts"), elsewhere.file("other.ts")] {
            try FFmpegTool.run(
                ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-c:v", "mpeg2video", path])
        }
        let whole = try playlist(["one.ts", "sub/two.ts", folder.file("one.ts")], in: folder)
        #expect(try FileSource(whole).readAll().count == 75)
        symlink(elsewhere.file("other.ts"), folder.file("link.ts"))
        let up = "../\(URL(filePath: elsewhere.path).lastPathComponent)/other.ts"
        for name in [elsewhere.file("other.ts"), "link.ts", up, "file:\(elsewhere.file("other.ts"))"] {
            let list = try playlist([name], in: folder)
            do {
                _ = try FileSource(list)
                Issue.record("\(name) was opened")
            } catch CaptureError.namesOtherFile(list, _) {
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
        let mixed = try FileSource(try playlist(["one.ts", elsewhere.file("other.ts")], in: folder))
        #expect(try mixed.readAll().count == 25)
        #expect(mixed.takeWarnings().contains(.fileLeftOut(name: elsewhere.file("other.ts"))))
        // The playlist itself may be a link: its files lie where it lies.
        _ = try playlist(["one.ts"], in: folder)
        symlink(folder.file("list.m3u8"), elsewhere.file("list.m3u8"))
        symlink(folder.file("one.ts"), elsewhere.file("one.ts"))
        #expect(try FileSource(elsewhere.file("list.m3u8")).readAll().count == 25)
    }

    /// Its reader opens files by itself, and follows links.
    @Test func theFilesOfAListOfFFmpegsAreInItsFolder() throws {
        let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        for path in [folder.file("it's one.ts"), folder.file("one.ts"), elsewhere.file("other.ts")] {
            try FFmpegTool.run(
                ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-c:v", "mpeg2video", path])
        }
        symlink(elsewhere.file("other.ts"), folder.file("link.ts"))
        func list(_ lines: String) throws -> String {
            try folder.write("ffconcat version 1.0\n\(lines)\n".utf8, to: "list.ffconcat")
        }
        #expect(try FileSource(try list("file one.ts\n# file link.ts\nfile 'one.ts'")).readAll().count == 50)
        let (other, quoted) = (elsewhere.file("other.ts"), #"file 'it'\''s one.ts'"#)
        #expect(ConcatList.names(in: " file \t a\\ b\r\nfiles x\n\(quoted)\nfile") == ["a b", "it's one.ts"])
        for line in [
            "file link.ts", "file one.ts\nfile 'li'nk.ts", " file\tlink.ts", "file '\(other)'", "file ../x/other.ts",
        ] {
            let path = try list(line)
            #expect(throws: CaptureError.self, "\(line)") { try FileSource(path) }
            guard !line.contains("..") else { continue }
            do {
                _ = try FileSource(path)
            } catch CaptureError.namesOtherFile(path, _) {
            } catch {
                Issue.record("\(line): \(error)")
            }
        }
        let named = try folder.write("file link.ts\n".utf8, to: "list")
        #expect(throws: CaptureError.self) { try FileSource(named) { $0.inputFormat = "concat" } }
    }

    @Test func numberedPicturesAreAVideo() throws {
        let folder = try TemporaryFolder()
        // FFmpeg itself would look for the first one from 0 to 4.
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", Clips.pattern, "-frames:v", "4", "-start_number", "98", folder.file("f_%02d.png")])
        let source = try FileSource(folder.file("f_%02d.png")) { $0.frameRate = 10 }
        #expect(source.isSequence && !source.isStill)
        #expect(source.frameCountEstimate == 4)
        #expect(source.format.frameRate == (10, 1))
        #expect(try source.readAll().map(\.seconds) == [0, 0.1, 0.2, 0.3])
        #expect(source.takeWarnings() == [])
        #expect(!source.endedEarly)
    }

    @Test func aMissingNumberIsTold() throws {
        let folder = try TemporaryFolder()
        try FFmpegTool.run(["-f", "lavfi", "-i", Clips.pattern, "-frames:v", "6", folder.file("%d.jpg")])
        try FileManager.default.removeItem(atPath: folder.file("4.jpg"))
        let source = try FileSource(folder.file("%d.jpg"))
        #expect(source.frameCountEstimate == 3)
        #expect(source.takeWarnings() == [.missingPicture(name: "4.jpg")])
        #expect(try source.readAll().count == 3)
    }

    @Test func picturesOfDifferentSizesAreFittedIntoTheFirst() throws {
        let folder = try TemporaryFolder()
        for (number, size) in [(1, "64x48"), (2, "32x48"), (3, "64x48")] {
            try FFmpegTool.run(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=\(size)", "-frames:v", "1", "-update", "1",
                    folder.file("p\(number).png"),
                ])
        }
        let source = try FileSource(folder.file("p%d.png"))
        let pictures = try source.readAll()
        #expect(pictures.count == 3)
        #expect(pictures[0].planes == pictures[2].planes)
        #expect(pictures[1].planes[0].prefix(16) == ArraySlice(repeating: 0, count: 16))
        #expect(source.takeWarnings() == [.sizeChanged(frame: 1, from: "64x48", to: "32x48")])
    }

    @Test func aPatternFindsItsNumbers() throws {
        let padded = try #require(NumberPattern("a%%_%03d.png"))
        #expect(padded.prefix == "a%_" && padded.digits == 3 && padded.suffix == ".png")
        #expect(padded.number(of: "a%_007.png") == 7)
        #expect(padded.number(of: "a%_1234.png") == 1234)
        #expect(padded.number(of: "a%_0123.png") == nil)
        #expect(padded.number(of: "a%_07.png") == nil)
        #expect(padded.number(of: "a%_99999999999999999999.png") == nil)
        #expect(padded.name(of: 7) == "a%_007.png")
        let plain = try #require(NumberPattern("%d"))
        #expect(plain.number(of: "0") == 0)
        #expect(plain.number(of: "10") == 10)
        #expect(plain.number(of: "x") == nil)
        for text in ["clip.mp4", "50%.mp4", "%s.png", "%d_%d.png", "%999999999999999999999d.png"] {
            #expect(NumberPattern(text) == nil, "\(text)")
        }
    }

    @Test func theConfigIsStrict() throws {
        func config(_ text: String) throws -> CaptureConfig {
            try JSONDecoder().decode(CaptureConfig.self, from: Data(text.utf8))
        }
        #expect(try config("{}") == CaptureConfig())
        let full = try config(
            #"{"input": "-", "input-format": "mpegts", "video-stream": 1, "timeout": 3, "decoder-threads": 2, "frame-rate": 30, "live": true, "wait": true}"#
        )
        #expect(full.input == "-" && full.inputFormat == "mpegts" && full.videoStream == 1)
        #expect(full.live && full.wait)
        #expect(full.timeout == 3 && full.decoderThreads == 2 && full.frameRate == 30)
        #expect(throws: Never.self) { try full.validate() }
        #expect(throws: ConfigError.self) { try config(#"{"inptu": "x"}"#) }
    }

    @Test func aValueOutOfRangeIsNamed() {
        let wrong: [(key: String, change: (inout CaptureConfig) -> Void)] = [
            ("capture.input", { $0.input = "" }), ("capture.timeout", { $0.timeout = 0 }),
            ("capture.timeout", { $0.timeout = .nan }), ("capture.decoder-threads", { $0.decoderThreads = -1 }),
            ("capture.video-stream", { $0.videoStream = -1 }), ("capture.frame-rate", { $0.frameRate = 0 }),
            ("capture.input-format", { $0.inputFormat = "" }),
        ]
        for (key, change) in wrong {
            var config = CaptureConfig()
            config.input = "clip.mp4"
            change(&config)
            let error = #expect(throws: ConfigError.self) { try config.validate() }
            #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("\(key) cannot be "))
        }
    }

    @Test func warningsAreReadable() {
        #expect("\(CaptureWarning.oddRotation(degrees: -44.96))".contains("-45.0 degrees"))
        #expect(
            "\(CaptureWarning.endedEarly(at: 0.5, of: 12.25, cause: nil))" == "the input ends early, at 0.5 s of 12.3 s"
        )
        #expect("\(CaptureWarning.endedEarly(at: -0.04, of: nil, cause: nil))" == "the input ends early, at 0.0 s")
    }
}
