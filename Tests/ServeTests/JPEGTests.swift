import CFFmpeg
import Pipeline
import Serve
import TestSupport
import Testing

@Suite struct JPEGTests {
    private func decoded(_ frame: borrowing Frame, as format: String = "yuvj420p", quality: Int = 95) throws -> [UInt8]
    {
        let bytes = try JPEGEncoder(quality: quality).encode(frame) { Array($0) }
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "picture.jpg")
        return try FFmpegTool.rawVideo(path, pixelFormat: format)
    }

    @Test func samplesOfAFullRangePictureComeOutAsTheyAre() throws {
        let samples = try decoded(try Frame.filled([200, 90, 160]))
        #expect(samples.count == 32 * 24 * 3 / 2)
        // JPEG's own rounding is one level of a flat picture's mean.
        #expect(samples[..<768].allSatisfy { abs(Int($0) - 200) <= 1 })
        #expect(samples[768..<960].allSatisfy { abs(Int($0) - 90) <= 1 })
        #expect(samples[960...].allSatisfy { abs(Int($0) - 160) <= 1 })
    }

    @Test func videoRangeBecomesFullRange() throws {
        let colour = ColourTags(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_SMPTE170M)
        let white = try decoded(try Frame.filled([235, 128, 128], colour: colour))
        #expect(white[..<768].allSatisfy { $0 >= 254 })
        let black = try decoded(try Frame.filled([16, 128, 128], colour: colour))
        #expect(black[..<768].allSatisfy { $0 <= 1 })
    }

    /// Pure red in BT.709, limited range: Y 63, U 102, V 240 (ITU-T H.273).
    @Test(arguments: [AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV420P10LE])
    func theMatrixOfHighDefinitionBecomesThatOfJPEG(_ format: AVPixelFormat) throws {
        let colour = ColourTags(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709)
        let red = try decoded(try Frame.filled([63, 102, 240], format: format, colour: colour), as: "rgb24")
        for pixel in stride(from: 0, to: red.count, by: 3) {
            // Two levels: rounding of the samples given, and of the JPEG's.
            #expect(red[pixel] >= 251 && red[pixel + 1] <= 4 && red[pixel + 2] <= 4)
        }
    }

    @Test func oddSizesAndOtherChromaAreKept() throws {
        let bytes = try JPEGEncoder(quality: 90).encode(
            try Frame.filled(format: AV_PIX_FMT_YUV422P, width: 33, height: 25)
        ) { Array($0) }
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "picture.jpg")
        let text = try FFmpegTool.probe(["-show_entries", "stream=width,height,pix_fmt", path])
        #expect(text.split(separator: "\n") == ["33", "25", "yuvj422p"])
    }

    @Test func pixelsThatAreNotSquareAreMadeSquare() throws {
        let frame = try Frame.filled(width: 36, height: 24, sampleAspectRatio: AVRational(num: 4, den: 3))
        let bytes = try JPEGEncoder(quality: 90).encode(frame) { Array($0) }
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "picture.jpg")
        let text = try FFmpegTool.probe(["-show_entries", "stream=width,height", path])
        #expect(text.split(separator: "\n") == ["48", "24"])
    }

    @Test func oneEncoderTakesPicturesOfDifferentSizesAndHigherQualityIsLarger() throws {
        let (low, high) = (JPEGEncoder(quality: 10), JPEGEncoder(quality: 95))
        for width in [16, 64, 32] {
            let frame = try Frame.filled([90, 70, 200], width: width, height: 48)
            let sizes = (try low.encode(frame) { $0.count }, try high.encode(frame) { $0.count })
            #expect(sizes.0 <= sizes.1)
        }
    }
}
