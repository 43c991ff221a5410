import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// Each bad input gives one line that names the file and says what to do.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ input: String, _ change: (inout CaptureConfig) -> Void = { _ in }) -> CaptureError? {
        do {
            _ = try FileSource(input, change)
            return nil
        } catch {
            #expect(!"\(error)".contains("\n"))
            return error
        }
    }

    @Test func aMissingFile() {
        let path = folder.file("none.mp4")
        #expect(error(path) == .notFound(input: path))
        #expect("\(CaptureError.notFound(input: "a.mp4"))" == "a.mp4: no such file. Check the path.")
    }

    @Test func aFolder() {
        #expect(error(folder.path) == .isDirectory(input: folder.path))
    }

    @Test func anEmptyFile() throws {
        let path = try folder.write([], to: "empty.mp4")
        #expect(error(path) == .empty(input: path))
    }

    @Test(arguments: ["text.mp4", "text.txt", "text"])
    func aTextFile(name: String) throws {
        let path = try folder.write("These are notes,\nnot a video: ä, ö.\n".utf8, to: name)
        #expect(error(path) == .isText(input: path))
    }

    @Test func randomBytes() throws {
        var state: UInt64 = 7
        let noise = (0..<10_000).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        let path = try folder.write(noise, to: "noise.mp4")
        let error = error(path)
        guard case .notRecognised(path, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(cause)" == "Invalid data found when processing input")
    }

    @Test func anMP4WithoutItsIndex() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Clips.bFrames))
        let path = try folder.write(bytes.prefix(bytes.count / 2), to: "cut.mp4")
        #expect(error(path) == .noIndex(input: path))
    }

    @Test func audioOnly() {
        #expect(error(Clips.audioOnly) == .noVideo(input: Clips.audioOnly, found: ["audio (aac)"]))
    }

    @Test func aSongWithACoverPicture() throws {
        let path = folder.file("song.mp3")
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", Clips.tone, "-f", "lavfi", "-i", Clips.pattern, "-map", "0", "-map", "1"]
                + ["-frames:v", "1", "-c:v", "mjpeg", "-disposition:v", "attached_pic", path])
        let error = error(path)
        #expect(error == .noVideo(input: path, found: ["audio (mp3)", "a cover picture (mjpeg)"]))
        #expect(
            error?.description
                == "\(path) has no video, only audio (mp3), a cover picture (mjpeg). Name a file that has video.")
    }

    @Test func subtitlesOnly() throws {
        let path = try folder.write("1\n00:00:00,200 --> 00:00:00,600\nHello\n".utf8, to: "film.srt")
        #expect(error(path) == .noVideo(input: path, found: ["subtitles (subrip)"]))
    }

    @Test func aCodecThatFFmpegDoesNotKnow() throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Clips.bFrames)))
        let name = Array("avc1".utf8)
        // The sample description; the first mention is a brand of the file.
        let place = try #require((0..<bytes.count - 4).last { Array(bytes[$0..<$0 + 4]) == name })
        bytes.replaceSubrange(place..<place + 4, with: "zz9z".utf8)
        let path = try folder.write(bytes, to: "codec.mp4")
        #expect(error(path) == .noDecoder(input: path, codec: "zz9z"))
    }

    @Test func aFileWithAnIndexButNoPictures() throws {
        _ = try Clips.clip("front.mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"])
        var bytes = try Clips.folder.bytes(of: "front.mp4")
        let place = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == Array("mdat".utf8) })
        for i in place + 4..<bytes.count { bytes[i] = 0 }
        let path = try folder.write(bytes, to: "zeros.mp4")
        let error = error(path)
        guard case .nothingDecoded(path, let packets, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(packets == 25)
    }

    @Test func aFileThatMayNotBeRead() throws {
        let path = try folder.write([1, 2, 3], to: "secret.mp4")
        try #require(chmod(path, 0) == 0)
        // Root may read everything; as another user of this thread's file system calls it may not.
        let before = setfsuid(65534)
        defer { _ = setfsuid(UInt32(bitPattern: before)) }
        chmod(folder.path, 0o755)
        #expect(error(path) == .permissionDenied(input: path))
    }

    @Test func numberedPicturesThatAreNotThere() {
        let pattern = folder.file("none_%05d.png")
        #expect(error(pattern) == .nothingMatches(pattern: pattern))
    }

    @Test(.timeLimit(.minutes(30)))
    func anAddressThatDoesNotAnswer() {
        // Nothing listens on port 1.
        let error = error("http://user:secret@127.0.0.1:1/clip.mp4") { $0.timeout = 2 }
        guard case .unreachable("http://***@127.0.0.1:1/clip.mp4", let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(cause)" == "Connection refused")
    }

    @Test func anAddressOfAnUnknownKind() {
        #expect(error("nosuch://host/clip") == .unknownProtocol(input: "nosuch://host/clip"))
    }

    @Test func anUnknownInputFormat() {
        #expect(error(Clips.bFrames) { $0.inputFormat = "nosuch" } == .unknownInputFormat(name: "nosuch"))
    }

    @Test func anEmptyPipe() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.close()
        let input = "pipe:\(pipe.fileHandleForReading.fileDescriptor)"
        #expect(error(input) == .empty(input: input))
    }

    @Test func anMP4ThroughAPipeWithItsIndexAtTheEnd() throws {
        // Longer than what the reader keeps to go back to.
        let path = try Clips.clip("large.mp4", ["-vf", "noise=alls=100:allf=t", "-c:v", "libx264", "-qp", "0"])
        let pipe = try pipe(carrying: path)
        let input = "pipe:\(pipe.fileHandleForReading.fileDescriptor)"
        #expect(error(input) == .indexComesLast(input: input))
    }

    @Test func anAnimatedWebPIsSoundAndNotForThisFFmpeg() throws {
        let path = try Clips.clip("anim.webp", ["-t", "0.2", "-c:v", "libwebp_anim"])
        #expect(error(path) == .cannotDecode(input: path, .animatedWebP))
        let text = CaptureError.cannotDecode(input: "a.webp", .animatedWebP).description
        #expect(text.hasPrefix("a.webp is an animated WebP, which the linked FFmpeg (libavcodec "))
        #expect(!text.contains("damaged") && text.contains("Convert"))
    }

    @Test func aStillWebPIsLeftToFFmpeg() {
        let bytes: [UInt8] = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 0x10]
        #expect(Undecodable(head: bytes) == nil)
        #expect(Undecodable(head: [UInt8]()) == nil)
    }

    @Test(arguments: ["heic", "mif1", "avif"])
    func aPhotographInHEIFIsNoBrokenFilm(brand: String) throws {
        let head: [UInt8] = [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0] + Array("mif1\(brand)".utf8)
        let path = try folder.write(head + [UInt8](repeating: 7, count: 400), to: "photo.\(brand)")
        #expect(error(path) == .cannotDecode(input: path, .heif))
    }

    @Test func aKindOfJPEGThatTheDecoderDoesNotSupport() throws {
        _ = try Clips.clip("plain.jpg", ["-frames:v", "1", "-pix_fmt", "yuvj420p"])
        var bytes = try Clips.folder.bytes(of: "plain.jpg")
        let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
        bytes[frame + 1] = 0xc9  // arithmetic coding
        let path = try folder.write(bytes, to: "arithmetic.jpg")
        let error = error(path)
        guard case .cannotDecode(path, .feature("mjpeg", let reason)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("unsupported"))
    }

    @Test func anEncryptedFilm() throws {
        let path = try Clips.clip(
            "secret.mp4",
            ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-encryption_scheme", "cenc-aes-ctr"]
                + ["-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"]
                + ["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"])
        #expect(error(path) == .cannotDecode(input: path, .encrypted))
    }

    @Test func everyErrorIsOneLineWithItsFile() {
        let cause = FFmpegError(code: shim_error_invalid_data, function: "f")
        let errors: [CaptureError] = [
            .notFound(input: "x.y"), .isDirectory(input: "x.y"), .permissionDenied(input: "x.y"), .empty(input: "x.y"),
            .folderOfVideos(input: "x.y", count: 1), .folderOfPictures(input: "x.y", count: 2),
            .noCamera(input: "x.y", found: []), .noCamera(input: "x.y", found: ["/dev/video0"]),
            .nothingMatches(pattern: "x.y"), .isText(input: "x.y"), .noIndex(input: "x.y"),
            .indexComesLast(input: "x.y"),
            .notRecognised(input: "x.y", cause: cause), .cannotOpen(input: "x.y", cause: cause),
            .unreachable(input: "x.y", cause: cause), .unknownProtocol(input: "x.y"), .noVideo(input: "x.y", found: []),
            .noSuchVideoStream(input: "x.y", number: 1, videoStreams: []), .noDecoder(input: "x.y", codec: "c"),
            .decoderFailed(input: "x.y", codec: "c", cause: cause),
            .nothingDecoded(input: "x.y", packets: 0, cause: nil),
            .nothingDecoded(input: "x.y", packets: 3, cause: cause),
            .cannotConvert(input: "x.y", pixelFormat: "p", cause: cause),
            .cannotDecode(input: "x.y", .animatedWebP), .cannotDecode(input: "x.y", .heif),
            .cannotDecode(input: "x.y", .encrypted),
            .cannotDecode(input: "x.y", .feature(codec: "c", reason: "r")),
        ]
        for error in errors {
            #expect(error.description.contains("x.y"))
            #expect(error.description.hasSuffix(".") || error.description.hasSuffix("?"))
            #expect(!error.description.contains("\n"))
        }
    }
}

/// Glibc's module for Swift leaves out <sys/fsuid.h>.
@_silgen_name("setfsuid") private func setfsuid(_ user: UInt32) -> Int32
