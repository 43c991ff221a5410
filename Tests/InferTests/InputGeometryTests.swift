import Pipeline
import Testing

@testable import Infer

struct InputGeometryTests {
    private func geometry(
        _ width: Int, _ height: Int, aspect: Double = 1, _ resize: ModelCard.Resize, cropFrom: Int? = nil
    ) -> InputGeometry {
        InputGeometry(
            picture: (width, height), pixelAspect: aspect, input: (224, 224), resize: resize, cropFrom: cropFrom)
    }

    @Test func squashShowsTheWholePicture() {
        let whole = geometry(1280, 720, .squash)
        #expect(whole.region == Region(x: 0, y: 0, width: 1280, height: 720))
        #expect((whole.targetWidth, whole.targetHeight) == (224, 224))
    }

    @Test func cropTakesTheMiddleSquare() {
        let middle = geometry(1280, 720, .crop)
        // 398.2 columns are 398: torchvision rounds down.
        #expect((middle.scaledWidth, middle.scaledHeight, middle.cropX, middle.cropY) == (398, 224, 87, 0))
        #expect(abs(middle.region.x - 280) < 1 && abs(middle.region.width - 720) < 1)
        #expect(middle.region.y == 0 && middle.region.height == 720)
    }

    @Test func cropFromScalesTheShorterSideFirst() {
        // 224 of 256: 7/8 of the height. 115.5 columns from the left are 116, 15.5 would be 16, 16.5, too.
        let middle = geometry(1280, 720, .crop, cropFrom: 256)
        #expect((middle.scaledWidth, middle.scaledHeight, middle.cropX, middle.cropY) == (455, 256, 116, 16))
        #expect(middle.region.y == 45 && middle.region.height == 630 && abs(middle.region.width - 630) < 1)
        #expect(geometry(720, 720, .crop, cropFrom: 257).cropX == 16)
    }

    @Test func cropOfWidePixelsIsSquareOnTheScreen() {
        let middle = geometry(720, 576, aspect: 2, .crop)
        #expect(abs(middle.region.width * 2 / middle.region.height - 1) < 0.005)
    }

    @Test func letterboxCoversMoreThanThePicture() {
        let boxed = geometry(1280, 720, .letterbox)
        #expect((boxed.targetX, boxed.targetY, boxed.targetWidth, boxed.targetHeight) == (0, 49, 224, 126))
        #expect(boxed.region == Region(x: 0, y: -280, width: 1280, height: 1280))
    }

    @Test(arguments: [(1, 1), (3, 2000), (2000, 3)])
    func extremeShapesStayInsideThePicture(width: Int, height: Int) {
        for resize in ModelCard.Resize.allCases {
            let extreme = geometry(width, height, resize)
            #expect(extreme.cropX >= 0 && extreme.cropX + extreme.targetWidth <= extreme.scaledWidth)
            #expect(extreme.cropY >= 0 && extreme.cropY + extreme.targetHeight <= extreme.scaledHeight)
            #expect(extreme.targetWidth >= 1 && extreme.targetHeight >= 1)
        }
    }
}
