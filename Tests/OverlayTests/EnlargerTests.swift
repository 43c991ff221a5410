import CFFmpeg
import Pipeline
import Testing

@testable import Overlay

/// Small pictures are made larger before anything is drawn on them.
struct EnlargerTests {
    @Test(arguments: [
        (28, 28, 10), (32, 32, 8), (48, 48, 6), (64, 48, 6), (64, 64, 4), (100, 100, 3), (100, 300, 3), (1, 2000, 2),
    ])
    func theShorterSideOfASmallPictureGets256PixelsAtLeast(width: Int, height: Int, factor: Int) throws {
        let enlarger = try #require(try Enlarger(videoFormat("yuv420p", width: width, height: height)))
        #expect(enlarger.factor == factor)
        #expect((enlarger.format.width, enlarger.format.height) == (width * factor, height * factor))
    }

    @Test(arguments: [(101, 101), (160, 120), (224, 224), (640, 360), (1, 4096)])
    func otherPicturesStayAsTheyAre(width: Int, height: Int) throws {
        #expect(try Enlarger(videoFormat("yuv420p", width: width, height: height)) == nil)
    }

    @Test(arguments: ["gbrp", "yuv444p", "yuv420p", "yuv422p10le", "yuv410p"])
    func eachSampleIsRepeated(name: String) throws {
        let format = videoFormat(name, width: 29, height: 31)
        let enlarger = try #require(try Enlarger(format))
        let small = try noisePicture(format)
        let large = try enlarger.enlarge(small)
        #expect(large.index == small.index && large.pts == small.pts && large.duration == small.duration)
        let (before, after) = (try samples(small), try samples(large))
        for plane in 0..<3 {
            for (y, row) in after[plane].enumerated() {
                #expect(row == row.indices.map { before[plane][y / 9][$0 / 9] })
            }
        }
    }

    @Test func boxesAreOfTheLargePicture() throws {
        let format = videoFormat("gbrp", width: 64, height: 48)
        let map = Heatmap(height: 1, width: 1, values: [1], region: Region(x: 0, y: 0, width: 64, height: 48))
        let prediction = Prediction(classID: 16, label: "dog", probability: 0.9)
        let boxes = [PixelBox(x0: 3, y0: 5, x1: 40, y1: 48), nil]
        let seen = Explained(
            frame: try noisePicture(format), top: [prediction],
            observations: boxes.map { Observation(prediction: prediction, heatmap: map, box: $0) })
        let large = try #require(try Enlarger(format)).enlarge(seen)
        let found = large.observations.map(\.box)
        #expect(found == [PixelBox(x0: 18, y0: 30, x1: 240, y1: 288), nil])
    }

    @Test func theHeatIsDrawnInTheLargeSize() throws {
        let format = videoFormat("gbrp", width: 32, height: 32)
        var config = OverlayConfig.heat(.mix, opacity: 1)
        let map = Heatmap(
            height: 2, width: 2, values: [0, 1, 0, 1], region: Region(x: 0, y: 0, width: 32, height: 32))
        let painter = try EnlargingPainter(config, input: format)
        #expect((painter.outputFormat.width, painter.outputFormat.height) == (256, 256))
        let grey = try picture(format) { _, _, _ in 128 }
        let row = try samples(try painter.paint(explained(grey, [map])))[0][128]
        // In the small picture the ramp is 16 columns wide, and passes most shades of green twice.
        #expect(row.count == 256 && Set(row).count > 20)
        config.enlarge = false
        #expect(try EnlargingPainter(config, input: format).outputFormat.width == 32)
    }

    @Test(arguments: [28, 32, 48, 64]) func aLabelFitsOnASmallPictureOnceItIsEnlarged(side: Int) throws {
        func fits(_ width: Int) throws -> Bool {
            let sizes = Proportions(width: width, height: width, try #require(PixelLayout(AV_PIX_FMT_GBRP)))
            let room = width - 2 * sizes.margin
            let typesetter = Label.typesetter(try Font(nil), size: sizes.fontSize, pixelAspect: 1, room: room)
            return TypesetLine.width(of: "Egyptian cat 82.1 %", typesetter) < room
        }
        let format = videoFormat("gbrp", width: side, height: side)
        #expect(try fits(try EnlargingPainter(OverlayConfig(), input: format).outputFormat.width))
        #expect(try !fits(side))
    }
}
