import CFFmpeg
import Encode
import Pipeline
import TestSupport
import Testing

/// Colours after a change of format, against their definition.
@Suite struct PictureConversionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The only picture of a file that one colour was written to.
    private func written(
        _ pictures: TestPictures, _ samples: [Int], _ config: EncodeConfig
    ) throws -> DecodedFile.Picture {
        let sink = try openSink(config, format: pictures.format)
        try sink.write(try pictures.frame(index: 0, filledWith: samples))
        try sink.finish()
        return try #require(try DecodedFile(config.output).pictures.first)
    }

    @Test(arguments: Colour.all, [(48, AVCOL_SPC_SMPTE170M), (720, AVCOL_SPC_BT709)])
    func rgbBecomesLimited420ThatPlayersShow(_ colour: Colour, _ size: (height: Int, matrix: AVColorSpace)) throws {
        let pictures = try TestPictures(
            AV_PIX_FMT_GBRP, width: 32, height: size.height,
            colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB))
        let picture = try written(pictures, colour.planarRGB(), .lossless(folder.file("out.mp4")))
        #expect(picture.pixelFormat == AV_PIX_FMT_YUV420P)
        #expect(picture.colour.range == AVCOL_RANGE_MPEG)
        #expect(picture.colour.matrix == size.matrix)
        let planes = Planes(
            picture.samples, try #require(PixelLayout(AV_PIX_FMT_YUV420P)), width: 32, height: size.height)
        let wanted = colour.samples(matrix: size.matrix, isFullRange: false)
        let found = (0..<3).map { planes[$0, 7, 11] }
        // One level for rounding.
        #expect(found.isClose(to: wanted, within: 1), "\(found), not \(wanted)")
    }

    @Test(
        arguments: Colour.all,
        [
            (AV_PIX_FMT_YUV420P, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG),
            (AV_PIX_FMT_YUV422P, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_MPEG),
            (AV_PIX_FMT_YUV444P, AVCOL_SPC_BT709, AVCOL_RANGE_JPEG),
            (AV_PIX_FMT_YUVJ420P, AVCOL_SPC_BT470BG, AVCOL_RANGE_JPEG),
            (AV_PIX_FMT_YUV420P10LE, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG),
        ])
    func pngAndJPEGShowTheColour(
        _ colour: Colour, _ format: (pixels: AVPixelFormat, matrix: AVColorSpace, range: AVColorRange)
    ) throws {
        let layout = try #require(PixelLayout(format.pixels))
        let pictures = try TestPictures(
            format.pixels, colour: ColourTags(range: format.range, matrix: format.matrix))
        let samples = colour.samples(
            matrix: format.matrix, isFullRange: format.range == AVCOL_RANGE_JPEG, bits: layout.bitsPerSample
        ).map { min(Int($0.rounded()), 1 << layout.bitsPerSample - 1) }

        let png = try written(pictures, samples, EncodeConfig.still(folder.file("out.png")))
        #expect(png.pixelFormat == (layout.bitsPerSample > 8 ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24))
        let pixel = layout.bitsPerSample > 8 ? [0, 2, 4].map { Int(png.bytes[$0]) } : png.bytes[0..<3].map { Int($0) }
        // Two levels: one for the rounding to code values, which a saturated colour nearly doubles, one for the result.
        #expect(pixel.isClose(to: colour.packedRGB, within: 2), "PNG: \(pixel), not \(colour.packedRGB)")

        var config = EncodeConfig.still(folder.file("out.jpg"))
        config.quality = 100
        let jpeg = try written(pictures, samples, config)
        #expect(jpeg.colour.isFullRange)
        let planes = Planes(
            jpeg.samples, try #require(PixelLayout(jpeg.pixelFormat)), width: jpeg.width, height: jpeg.height)
        let found = (0..<3).map { planes[$0, 7, 11] }
        let wanted = colour.samples(matrix: AVCOL_SPC_BT470BG, isFullRange: true)
        #expect(found.isClose(to: wanted.map { min($0, 255) }, within: 2), "JPEG: \(found), not \(wanted)")
    }

    @Test(arguments: [AV_PIX_FMT_GBRP, AV_PIX_FMT_GBRP16LE])
    func rgbGoesToPNGWithoutLoss(_ pixelFormat: AVPixelFormat) throws {
        let pictures = try TestPictures(pixelFormat, width: 31, height: 21)
        let sink = try openSink(.still(folder.file("out.png")), format: pictures.format)
        try sink.write(try pictures.frame(index: 3))
        try sink.finish()
        let picture = try #require(try DecodedFile(folder.file("out.png")).pictures.first)
        let planes = Planes(pictures.samples(index: 3), try #require(PixelLayout(pixelFormat)), width: 31, height: 21)
        var wanted: [UInt8] = []
        for y in 0..<21 {
            for x in 0..<31 {
                for plane in [2, 0, 1] {
                    let value = planes[plane, x, y]
                    wanted += pixelFormat == AV_PIX_FMT_GBRP ? [UInt8(value)] : [UInt8(value >> 8), UInt8(value & 255)]
                }
            }
        }
        #expect(picture.bytes == wanted)
    }

    @Test func rgbGoesToARGBCodecWithoutLoss() throws {
        let pictures = try TestPictures(AV_PIX_FMT_GBRP)
        var config = EncodeConfig.lossless(folder.file("out.mkv"))
        config.codec = "libx264rgb"
        let sink = try openSink(config, format: pictures.format)
        try sink.write(try pictures.frame(index: 0))
        try sink.finish()
        let picture = try #require(try DecodedFile(config.output).pictures.first)
        #expect(picture.pixelFormat == AV_PIX_FMT_GBRP)
        #expect(picture.samples == pictures.samples(index: 0))
    }

    @Test(arguments: [
        (AV_PIX_FMT_YUV420P12LE, "libx264", AV_PIX_FMT_YUV420P10LE),
        (AV_PIX_FMT_YUV422P12LE, "libx264", AV_PIX_FMT_YUV422P10LE),
        (AV_PIX_FMT_YUV444P, "mpeg4", AV_PIX_FMT_YUV420P), (AV_PIX_FMT_YUV420P, "prores_ks", AV_PIX_FMT_YUV422P10LE),
        (AV_PIX_FMT_YUV440P, "libx264", AV_PIX_FMT_YUV444P), (AV_PIX_FMT_YUV422P, "mpeg4", AV_PIX_FMT_YUV420P),
    ])
    func theNearestFormatIsTaken(_ pixelFormat: AVPixelFormat, codec: String, _ nearest: AVPixelFormat) throws {
        let colour = ColourTags(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709)
        let pictures = try TestPictures(pixelFormat, colour: colour)
        var config = EncodeConfig()
        config.output = folder.file("out.mov")
        config.codec = codec
        let bits = try #require(PixelLayout(pixelFormat)).bitsPerSample
        let picture = try written(pictures, [100, 90, 180].map { $0 << (bits - 8) }, config)
        #expect(picture.pixelFormat == nearest)
        let layout = try #require(PixelLayout(nearest))
        let planes = Planes(picture.samples, layout, width: picture.width, height: picture.height)
        let found = (0..<3).map { planes[$0, 7, 11] >> (layout.bitsPerSample - 8) }
        // The codec's own loss on a flat picture.
        #expect(found.isClose(to: [100, 90, 180], within: 2), "\(found)")
    }

    @Test func chromaIsTakenAboveTheLeftPixel() throws {
        // Blue that grows to the right, so that the place can be read off a chroma sample.
        let pictures = try TestPictures(AV_PIX_FMT_GBRP)
        let sink = try openSink(.lossless(folder.file("out.mp4")), format: pictures.format)
        try sink.write(try pictures.frame(index: 0) { plane, x, _ in plane == 1 ? 4 * x : 100 })
        try sink.finish()
        let picture = try #require(try DecodedFile(folder.file("out.mp4")).pictures.first)
        let planes = Planes(picture.samples, try #require(PixelLayout(AV_PIX_FMT_YUV420P)), width: 64, height: 48)
        let found = (4..<28).map { planes[1, $0, 10] }
        let wanted = (4..<28).map { column in
            let colour = Colour(red: 100 / 255, green: 100 / 255, blue: Double(8 * column) / 255)
            return colour.samples(matrix: AVCOL_SPC_SMPTE170M, isFullRange: false)[1]
        }
        // Between the pixels, as JPEG has it, would be 0.9 more.
        #expect(found.isClose(to: wanted, within: 0.6), "\(found), not \(wanted)")
    }
}
