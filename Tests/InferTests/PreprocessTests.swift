import CFFmpeg
import Pipeline
import Testing

@testable import Infer
@testable import ONNX

struct PreprocessTests {
    private func input(
        _ colour: ModelCard.Colour = .rgb, _ resize: ModelCard.Resize = .squash, size: Int = 8
    ) throws -> ModelInput {
        var card = ModelCard.Input()
        card.color = colour
        card.resize = resize
        let graph = ImageInput(
            name: "x", elementType: .float32, layout: .channelsFirst, height: size, width: size,
            channels: colour == .grey ? 1 : 3, batch: 1)
        return try ModelInput(card, graph, model: "m.onnx")
    }

    private func filled(_ input: ModelInput, _ format: VideoFormat, _ frame: borrowing Frame) throws -> [UInt8] {
        var tensor = [UInt8](repeating: 7, count: input.width * input.height * input.channels)
        let preprocess = try Preprocess(format, input: input)
        try tensor.withUnsafeMutableBytes { try preprocess.fill($0, from: frame) }
        return tensor
    }

    @Test func channelsComeInTheCardsOrder() throws {
        let format = Pictures.format(16, 16)
        let frame = try Pictures.rectangle(format, (200, 100, 50), x: 0..<16, y: 0..<16)
        #expect(Array(try filled(try input(.rgb), format, frame).prefix(3)) == [200, 100, 50])
        #expect(Array(try filled(try input(.bgr), format, frame).prefix(3)) == [50, 100, 200])
    }

    // Full-range and limited-range code values, and both matrices, of the same red; within 2 levels of rounding.
    @Test(
        arguments: [
            (AVCOL_RANGE_MPEG, AVCOL_SPC_SMPTE170M, [81, 90, 240]),
            (AVCOL_RANGE_MPEG, AVCOL_SPC_BT709, [63, 102, 240]),
            (AVCOL_RANGE_JPEG, AVCOL_SPC_SMPTE170M, [76, 85, 255]),
        ] as [(AVColorRange, AVColorSpace, [UInt8])])
    func rangeAndMatrixAreObeyed(range: AVColorRange, matrix: AVColorSpace, red: [UInt8]) throws {
        let format = Pictures.format(
            16, 16, AV_PIX_FMT_YUV444P, colour: ColourTags(range: range, matrix: matrix))
        let frame = try Pictures.frame(format) { plane, _, _ in red[plane] }
        let pixel = try filled(try input(), format, frame).prefix(3)
        #expect(zip(pixel, [255, 0, 0]).allSatisfy { abs(Int($0) - $1) <= 2 }, "\(pixel)")
    }

    @Test(arguments: [ModelCard.Resize.squash, .crop, .letterbox]) func aPartThatMovesIsAsIfMadeAnew(
        resize: ModelCard.Resize
    ) throws {
        let (format, input) = (Pictures.format(64, 48), try input(.rgb, resize))
        let frame = try Pictures.frame(format) { plane, x, y in UInt8((plane * 50 + x * 7 + y * 11) % 200 + 20) }
        func tensor(_ preprocess: Preprocess) throws -> [UInt8] {
            var tensor = [UInt8](repeating: 7, count: 8 * 8 * 3)
            try tensor.withUnsafeMutableBytes { try preprocess.fill($0, from: frame) }
            return tensor
        }
        func box(_ x: Int, _ y: Int, width: Int = 21) -> PixelBox { PixelBox(x0: x, y0: y, x1: x + width, y1: y + 17) }
        let first = try Preprocess(format, input: input, window: box(2, 4))
        for place in [box(30, 20), box(0, 0), box(42, 30)] {
            let (moved, made) = (
                try #require(first.moved(to: place)), try Preprocess(format, input: input, window: place)
            )
            #expect(try tensor(moved) == tensor(made) && moved.region == made.region)
            #expect(try tensor(first) != tensor(moved))
        }
        #expect(first.moved(to: box(2, 4, width: 22)) == nil)
        #expect(try Preprocess(format, input: input).moved(to: box(2, 4)) == nil)
    }

    @Test func leftStaysLeftAndTopStaysTop() throws {
        let format = Pictures.format(32, 32)
        let frame = try Pictures.rectangle(format, (255, 0, 0), x: 0..<16, y: 0..<16)
        let tensor = try filled(try input(), format, frame)
        func red(_ x: Int, _ y: Int) -> UInt8 { tensor[(y * 8 + x) * 3] }
        #expect(red(1, 1) == 255)
        #expect(red(6, 1) == 128 && red(1, 6) == 128 && red(6, 6) == 128)
    }

    @Test func letterboxBordersTakeTheMeanColour() throws {
        let format = Pictures.format(32, 16)
        let frame = try Pictures.rectangle(format, (255, 255, 255), x: 0..<32, y: 0..<16)
        let tensor = try filled(try input(.rgb, .letterbox), format, frame)
        // ImageNet's mean colour, 0.485 0.456 0.406 of 255.
        #expect(Array(tensor.prefix(3)) == [124, 116, 104])
        #expect(Array(tensor[(4 * 8 * 3)...].prefix(3)) == [255, 255, 255])
    }

    @Test func cropShowsTheMiddleOnly() throws {
        let format = Pictures.format(48, 16)
        let frame = try Pictures.rectangle(format, (0, 255, 0), x: 15..<33, y: 0..<16)
        let tensor = try filled(try input(.rgb, .crop), format, frame)
        #expect(stride(from: 0, to: tensor.count, by: 3).allSatisfy { Array(tensor[$0..<$0 + 3]) == [0, 255, 0] })
    }

    /// The middle of the picture is one SDR colour, the rest is as bright as the video says that it gets.
    @Test(arguments: [AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67], ["yuv420p10le", "yuv444p12le", "gbrp10le"])
    func theClassifierSeesHDRAsSDR(transfer: AVColorTransferCharacteristic, pixelFormat: String) throws {
        var format = Pictures.format(
            48, 16, av_get_pix_fmt(pixelFormat),
            colour: ColourTags(
                range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020, transfer: transfer))
        var light = AVContentLightMetadata()
        light.MaxCLL = 1000
        var metadata = HDRMetadata()
        metadata.contentLight = withUnsafeBytes(of: light) { Array($0) }
        format.hdr = metadata
        let layout = try #require(PixelLayout(format.pixelFormat))
        let colours = HDRColours(try #require(format.colour.hdr), format.colour)
        let coding = SignalCoding(format, layout)
        func samples(_ sdr: SIMD3<Double>) -> SIMD3<Double> {
            let rgb = colours.signal(sdr)
            let shares = (0..<3).map { (coding.rows[$0] * rgb).sum() }
            let signal = coding.isRGB ? SIMD3(rgb.y, rgb.z, rgb.x) : SIMD3(shares[0], shares[1], shares[2])
            return signal / coding.scales + coding.offsets
        }
        // Dark enough for the tone curve to keep it.
        let wanted = SIMD3(0.6, 0.4, 0.2)
        let (middle, side) = (samples(wanted), samples(SIMD3(1, 1, 1)))
        let seed = Frame(adopting: av_frame_alloc(), index: 0, pts: 0, duration: 0, timeBase: format.timeBase)
        let frame = try FramePool(format).frame(timedLike: seed)
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            for y in 0..<plane.height {
                for x in 0..<plane.width {
                    let isMiddle = (plane.width / 3..<2 * plane.width / 3).contains(x)
                    plane.row(y).storeBytes(
                        of: UInt16((isMiddle ? middle : side)[number].rounded()), toByteOffset: 2 * x, as: UInt16.self)
                }
            }
        }
        for colour in [ModelCard.Colour.rgb, .bgr] {
            let tensor = try filled(try input(colour, .crop), format, frame)
            let order = colour == .rgb ? [0, 1, 2] : [2, 1, 0]
            // The outermost chroma samples are mixed with their neighbours.
            for (pixel, x) in (0..<64).map({ ($0, $0 % 8) }) where (1..<7).contains(x) {
                for i in 0..<3 {
                    #expect(abs(Double(tensor[3 * pixel + i]) - 255 * wanted[order[i]]) <= 4, "\(pixel), \(i)")
                }
            }
        }
    }
}
