import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// What comes out of the pixels that cameras send.
@Suite struct CameraPixelTests {
    /// `ffmpeg`'s pictures of its test scene in a pixel format, 64x48, one after the other.
    private static func pictures(_ pixelFormat: String, count: Int = 1) throws -> [[UInt8]] {
        let bytes = try FFmpegTool.output([
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10", "-frames:v",
            "\(count)", "-pix_fmt", pixelFormat, "-f", "rawvideo", "-",
        ])
        let size = bytes.count / count
        return (0..<count).map { Array(bytes[$0 * size..<($0 + 1) * size]) }
    }

    /// `ffmpeg`'s encoded pictures, a packet each.
    private static func packets(_ options: [String], count: Int) throws -> [[UInt8]] {
        let folder = try TemporaryFolder()
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=10", "-frames:v", "\(count)"] + options
                + ["-f", "image2", folder.file("%d.packet")])
        return try (1...count).map { try folder.bytes(of: "\($0).packet") }
    }

    private func frames(
        _ name: String, _ pictures: [[UInt8]], _ change: (FakeCamera) -> Void = { _ in }
    ) throws -> (CameraSource, [Picture]) {
        let camera = FakeCamera([.init(name, [("64x48", [30])])], change)
        let script = pictures.enumerated().map { (1 + Double($0.offset) / 10, ScriptedCamera.Picture($0.element)) }
        let source = try CameraBench(camera, script.map { ($0.0, .picture($0.1)) }, first: script[0].1).source()
        var frames: [Picture] = []
        while let frame = try source.next() { frames.append(try Picture(frame)) }
        return (source, frames)
    }

    @Test(arguments: [
        ("YU12", "yuv420p", 0), ("NV12", "nv12", 0), ("NV21", "nv21", 0), ("YUYV", "yuyv422", 2),
        ("UYVY", "uyvy422", 2),
        ("YVYU", "yvyu422", 2), ("422P", "yuv422p", 2),
    ])
    func yuvComesOutAsFourTwoZero(name: String, pixelFormat: String, tolerance: Int) throws {
        let bytes = try Self.pictures(pixelFormat)[0]
        let (source, frames) = try frames(name, [bytes])
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV420P)
        // The same by ffmpeg, from the same bytes; chroma is halved by another filter.
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: "raw")
        let expected = try FFmpegTool.rawVideo(
            folder.file("raw"), pixelFormat: "yuv420p",
            inputOptions: ["-f", "rawvideo", "-s", "64x48", "-pixel_format", pixelFormat],
            options: ["-sws_flags", "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"])
        let frame = try #require(frames.first)
        #expect(Array(frame.bytes[..<(64 * 48)]) == Array(expected[..<(64 * 48)]))  // luma is untouched
        #expect(largestDifference(frame.bytes, expected) <= tolerance)
    }

    @Test(arguments: [("RGB3", "rgb24"), ("BGR3", "bgr24")])
    func rgbComesOutAsItsPlanes(name: String, pixelFormat: String) throws {
        let bytes = try Self.pictures(pixelFormat)[0]
        let (source, frames) = try frames(name, [bytes])
        #expect(source.format.pixelFormat == AV_PIX_FMT_GBRP && source.format.colour.matrix == AVCOL_SPC_RGB)
        let order = name == "RGB3" ? [1, 2, 0] : [1, 0, 2]
        let planes = order.map { channel in stride(from: channel, to: bytes.count, by: 3).map { bytes[$0] } }
        #expect(frames.first?.planes == planes)
    }

    @Test func greyComesOutWithNeutralChroma() throws {
        let bytes = try Self.pictures("gray")[0]
        let (source, frames) = try frames("GREY", [bytes])
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV420P && source.format.colour.range == AVCOL_RANGE_MPEG)
        #expect(frames.first?.planes == [bytes] + [1, 2].map { _ in [UInt8](repeating: 128, count: 32 * 24) })
    }

    @Test(arguments: ["YU12", "NV12", "YUYV", "GREY"])
    func rowsMayHaveBytesAtTheirEnds(name: String) throws {
        let padding = 16
        let (rowBytes, chromaRows, chromaBytes, chromaPadding) =
            switch name {
            case "YU12": (64, 48, 32, 8)
            case "NV12": (64, 24, 64, 16)
            case "YUYV": (128, 0, 0, 0)
            default: (64, 0, 0, 0)
            }
        let formats = ["YU12": "yuv420p", "NV12": "nv12", "YUYV": "yuyv422", "GREY": "gray"]
        let packed = try Self.pictures(formats[name]!)[0]
        var padded: [UInt8] = []
        var position = 0
        for (rows, bytes, gap) in [(48, rowBytes, padding), (chromaRows, chromaBytes, chromaPadding)] {
            for _ in 0..<rows {
                padded += packed[position..<position + bytes] + [UInt8](repeating: 77, count: gap)
                position += bytes
            }
        }
        let (_, plain) = try frames(name, [packed])
        let (_, gapped) = try frames(name, [padded]) { $0.padding = padding }
        #expect(plain.count == 1 && plain[0].planes == gapped.first?.planes)
    }

    @Test func motionJPEGIsDecodedAndABrokenPictureCounted() throws {
        let packets = try Self.packets(["-c:v", "mjpeg", "-pix_fmt", "yuvj422p", "-q:v", "2"], count: 3)
        let (source, frames) = try frames("MJPG", [packets[0], Array("not a JPEG".utf8), packets[1], packets[2]])
        #expect(source.codecName == "mjpeg" && source.corruptPackets == 1)
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV420P && source.format.colour.range == AVCOL_RANGE_JPEG)
        #expect(frames.map(\.seconds) == [0, 0.2, 0.3])
        let expected = try Self.pictures("yuvj420p", count: 3)
        for (frame, picture) in zip(frames, expected) {
            let difference = zip(frame.bytes, picture).map { abs(Int($0) - Int($1)) }.reduce(0, +)
            #expect(difference / picture.count <= 3)  // JPEG's own loss
        }
    }

    private static func h264() throws -> [[UInt8]] {
        // A key frame every four.
        try packets(
            ["-c:v", "libx264", "-tune", "zerolatency", "-g", "4", "-x264-params", "repeat-headers=1:scenecut=0"],
            count: 12)
    }

    @Test func h264IsDecodedWithoutDelay() throws {
        let (source, frames) = try frames("H264", try Self.h264())
        #expect(source.codecName == "h264" && source.corruptPackets == 0)
        #expect(frames.map { Int(($0.seconds * 10).rounded()) } == Array(0..<12))
    }

    @Test func afterAGapH264GoesOnFromTheNextKeyFrame() throws {
        let packets = try Self.h264()
        // The driver had no buffer for 5 and 6.
        let events: [(Double, ScriptedCamera.Event)] = [0, 1, 2, 3, 4, 7, 8, 9].map { number in
            (1 + Double(number) / 10, .picture(.init(packets[number], gap: number == 7 ? 2 : 0)))
        }
        let bench = CameraBench(FakeCamera([.init("H264", [("64x48", [10])])]), events, first: .init(packets[0]))
        let source = try bench.source()
        #expect(try source.times().map { Int(($0 * 10).rounded()) } == [0, 1, 2, 3, 4, 8, 9])
        #expect(source.counters.missed == 2)
    }

    @Test func ofPicturesThatBuildOnEachOtherNoneIsPassedOver() throws {
        let packets = try Self.h264()
        // All at once, as if the pipeline had been busy.
        let events = (0..<6).map { (1 + Double($0) / 1000, ScriptedCamera.Event.picture(.init(packets[$0]))) }
        let bench = CameraBench(
            FakeCamera([.init("H264", [("64x48", [10])])]), events, first: .init(packets[0]), rest: 10)
        let source = try bench.source()
        let isThere = try source.next() != nil
        bench.system.advance(seconds: 2)
        #expect(isThere)
        #expect(try source.times().count == 5)
        #expect(source.counters.superseded == 0)
    }
}
