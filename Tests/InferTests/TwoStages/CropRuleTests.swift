import CFFmpeg
import Pipeline
import Testing

@testable import Infer
@testable import ONNX

struct CropRuleTests {
    private func rule(
        margin: Double = 0, within bounds: PixelBox = PixelBox(x0: 0, y0: 0, x1: 640, y1: 360),
        input: (width: Int, height: Int) = (224, 224), pixel: AVRational = AVRational(num: 1, den: 1)
    ) throws -> CropRule {
        let format = Pictures.format(640, 360, AV_PIX_FMT_YUV420P, aspect: pixel)
        var shape = try ModelInput(
            ModelCard.Input(),
            ImageInput(
                name: "x", elementType: .float32, layout: .channelsFirst, height: 224, width: 224, channels: 3, batch: 1
            ),
            model: "m")
        (shape.width, shape.height) = input
        return CropRule(
            margin: margin, within: bounds, format, try #require(PixelLayout(format.pixelFormat)), input: shape)
    }

    private let square = PixelBox(x0: 100, y0: 100, x1: 200, y1: 200)

    @Test func aMarginIsAddedOnEachSide() throws {
        #expect(try rule().crop(of: square) == square)
        #expect(try rule(margin: 0.1).crop(of: square) == PixelBox(x0: 90, y0: 90, x1: 210, y1: 210))
    }

    @Test func longThingsGetTheShapeOfTheInput() throws {
        // 50 × 200: as wide as high, around its middle.
        let bottle = PixelBox(x0: 300, y0: 100, x1: 350, y1: 300)
        #expect(try rule().crop(of: bottle) == PixelBox(x0: 224, y0: 100, x1: 425, y1: 300))
        // An input twice as wide as high, and pixels twice as wide as high.
        #expect(try rule(input: (448, 224)).crop(of: square) == PixelBox(x0: 50, y0: 100, x1: 250, y1: 200))
        #expect(
            try rule(pixel: AVRational(num: 2, den: 1)).crop(of: square) == PixelBox(x0: 100, y0: 50, x1: 200, y1: 250))
    }

    @Test func atTheBorderItIsClipped() throws {
        let corner = PixelBox(x0: 0, y0: 0, x1: 100, y1: 100)
        #expect(try rule(margin: 0.5).crop(of: corner) == PixelBox(x0: 0, y0: 0, x1: 150, y1: 150))
        let part = PixelBox(x0: 120, y0: 0, x1: 640, y1: 180)
        #expect(try rule(within: part).crop(of: square) == PixelBox(x0: 120, y0: 100, x1: 200, y1: 180))
    }

    @Test func tinyThingsAreShownWithWhatIsAroundThem() throws {
        #expect(
            try rule().crop(of: PixelBox(x0: 300, y0: 100, x1: 302, y1: 103))
                == PixelBox(x0: 292, y0: 92, x1: 309, y1: 110))
        // In the corner it moves in; a part that is smaller is all there is.
        #expect(
            try rule().crop(of: PixelBox(x0: 638, y0: 358, x1: 640, y1: 360))
                == PixelBox(x0: 624, y0: 344, x1: 640, y1: 360))
        #expect(
            try rule(within: PixelBox(x0: 0, y0: 0, x1: 8, y1: 12)).crop(of: PixelBox(x0: 2, y0: 2, x1: 4, y1: 4))
                == PixelBox(x0: 0, y0: 0, x1: 8, y1: 12))
    }

    @Test func cornersAreWhereChromaHasASample() throws {
        let odd = PixelBox(x0: 101, y0: 103, x1: 201, y1: 203)
        #expect(try rule().crop(of: odd) == PixelBox(x0: 100, y0: 102, x1: 201, y1: 203))
    }
}
