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
        let frame = try Pictures.rectangle(format, (0, 255, 0), x: 16..<32, y: 0..<16)
        let tensor = try filled(try input(.rgb, .crop), format, frame)
        #expect(stride(from: 0, to: tensor.count, by: 3).allSatisfy { Array(tensor[$0..<$0 + 3]) == [0, 255, 0] })
    }
}
