import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct OrientationTests {
    /// All eight ways to lay a rectangle on a rectangle.
    static let all = [false, true].flatMap { transposes in
        [false, true].flatMap { x in
            [false, true].map { Orientation(transposes: transposes, flipsX: x, flipsY: $0) }
        }
    }

    // ISO/IEC 14496-12: where the stored picture's right and lower edges point to, in 16.16.
    @Test(arguments: [
        ([1, 0, 0, 1], Orientation.upright), ([-1, 0, 0, -1], Orientation(flipsX: true, flipsY: true)),
        ([0, 1, -1, 0], Orientation(transposes: true, flipsX: true)),  // 90 degrees clockwise, as phones write it
        ([0, -1, 1, 0], Orientation(transposes: true, flipsY: true)), ([-1, 0, 0, 1], Orientation(flipsX: true)),
        ([1, 0, 0, -1], Orientation(flipsY: true)), ([0, 1, 1, 0], Orientation(transposes: true)),
        ([0, -1, -1, 0], Orientation(transposes: true, flipsX: true, flipsY: true)),
        ([0, 0, 0, 0], Orientation.upright),
    ])
    func aDisplayMatrixSaysWhichWayIsUp(_ case: (axes: [Int32], orientation: Orientation)) {
        #expect(Orientation(matrix: Self.matrix(`case`.axes)) == `case`.orientation)
        #expect(Orientation.oddAngle(of: Self.matrix(`case`.axes)) == nil)
    }

    @Test func otherAnglesGoToTheNearestRightAngle() throws {
        var matrix = [Int32](repeating: 0, count: 9)
        av_display_rotation_set(&matrix, 100)
        #expect(Orientation(matrix: matrix) == Orientation(transposes: true, flipsX: true))
        let angle = try #require(Orientation.oddAngle(of: matrix))
        #expect(abs(angle - 100) < 0.01)
    }

    @Test(arguments: all)
    func turningMovesEverySampleToItsPlace(orientation: Orientation) {
        // Whole tiles and squares of the fast way, and their rests.
        for (width, height) in [(1, 1), (8, 8), (5, 7), (64, 16), (67, 130), (129, 65)] {
            turn(width, height, orientation, UInt8.self)
            turn(width, height, orientation, UInt16.self)
        }
    }

    private func turn<Sample: FixedWidthInteger>(
        _ width: Int, _ height: Int, _ orientation: Orientation, _: Sample.Type
    ) {
        let size = MemoryLayout<Sample>.size
        let (outWidth, outHeight) = orientation.transposes ? (height, width) : (width, height)
        var source = (0..<width * height).map { Sample(truncatingIfNeeded: $0 &* 40503 >> 4) }
        var target = [Sample](repeating: 0, count: outWidth * outHeight + 1)
        target[outWidth * outHeight] = 77
        source.withUnsafeMutableBytes { from in
            target.withUnsafeMutableBytes { to in
                orientation.turn(
                    Plane(start: from.baseAddress!, bytesPerRow: width * size, width: width, height: height),
                    into: Plane(
                        start: to.baseAddress!, bytesPerRow: outWidth * size, width: outWidth, height: outHeight),
                    bytesPerSample: size)
            }
        }
        var expected: [Sample] = []
        for y in 0..<outHeight {
            for x in 0..<outWidth {
                let (column, row) = orientation.transposes ? (y, x) : (x, y)
                let mirrorsColumn = orientation.transposes ? orientation.flipsY : orientation.flipsX
                let mirrorsRow = orientation.transposes ? orientation.flipsX : orientation.flipsY
                expected.append(
                    source[
                        (mirrorsRow ? height - 1 - row : row) * width + (mirrorsColumn ? width - 1 - column : column)])
            }
        }
        #expect(target == expected + [77], "\(width)x\(height), \(size) bytes")
    }

    // FFmpeg's option counts anticlockwise.
    @Test(arguments: [(90, "transpose=cclock"), (180, "hflip,vflip"), (270, "transpose=clock")])
    func aRotatedClipComesOutUpright(_ case: (degrees: Int, filter: String)) throws {
        let path = Clips.folder.file("rotated\(`case`.degrees).mp4")
        try FFmpegTool.run(
            ["-i", Clips.bFrames, "-c", "copy", "-metadata:s:v", "rotate=\(`case`.degrees)", path])
        let source = try FileSource(path)
        let turns = `case`.degrees != 180
        #expect(source.format.width == (turns ? 48 : 64))
        #expect(source.format.height == (turns ? 64 : 48))
        let pictures = joined(try source.readAll())
        #expect(pictures == (try FFmpegTool.rawVideo(Clips.bFrames, options: ["-vf", `case`.filter])))
        #expect(pictures == (try FFmpegTool.rawVideo(path)))  // the tool turns it by itself
        #expect(source.takeWarnings() == [])
    }

    @Test func aTurnTradesThePixelsSides() throws {
        let wide = try Clips.clip(
            "wide.mp4", ["-frames:v", "1", "-vf", "setsar=4/3", "-c:v", "libx264", "-pix_fmt", "yuv420p"])
        let path = Clips.folder.file("wide90.mp4")
        try FFmpegTool.run(["-i", wide, "-c", "copy", "-metadata:s:v", "rotate=90", path])
        let source = try FileSource(path)
        #expect(source.format.sampleAspectRatio == (3, 4))
        _ = try source.readAll()
    }

    @Test func aTurned422ClipGets444Chroma() throws {
        let wide = try Clips.clip("422.mp4", ["-frames:v", "2", "-c:v", "libx264", "-pix_fmt", "yuv422p10le"])
        let path = Clips.folder.file("422-90.mp4")
        try FFmpegTool.run(["-i", wide, "-c", "copy", "-metadata:s:v", "rotate=90", path])
        let source = try FileSource(path)
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV444P10LE)
        let turned = try source.readAll().flatMap { $0.planes[0] }
        let luma = try FFmpegTool.rawVideo(wide, options: ["-vf", "extractplanes=y,transpose=cclock"])
        #expect(turned == luma)
    }

    // Exif 2.32, 4.6.5.1, tag 0x0112.
    @Test(arguments: [
        (1, "null"), (3, "hflip,vflip"), (6, "transpose=clock"), (8, "transpose=cclock"), (5, "transpose=cclock_flip"),
    ])
    func aPhotographsOwnOrientationIsHonoured(_ case: (tag: UInt8, filter: String)) throws {
        let path = try Clips.clip("upright\(`case`.tag).jpg", ["-frames:v", "1", "-pix_fmt", "yuvj420p"])
        let plain = try Clips.folder.bytes(of: "upright\(`case`.tag).jpg")
        let exif: [UInt8] =
            Array("Exif\0\0II*\0".utf8) + [
                8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, `case`.tag, 0, 0, 0, 0, 0, 0, 0,
            ]
        let tagged = try Clips.folder.write(
            plain.prefix(2) + [0xff, 0xe1, 0, UInt8(exif.count + 2)] + exif + plain.dropFirst(2),
            to: "exif\(`case`.tag).jpg")
        let pictures = try FileSource(tagged).readAll()
        #expect(joined(pictures) == (try FFmpegTool.rawVideo(path, options: ["-vf", `case`.filter])))
    }

    private static func matrix(_ axes: [Int32]) -> [Int32] {
        [axes[0] << 16, axes[1] << 16, 0, axes[2] << 16, axes[3] << 16, 0, 0, 0, 1 << 30]
    }
}
