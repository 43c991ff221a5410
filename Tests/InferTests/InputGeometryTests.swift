import Pipeline
import Testing

@testable import Infer

struct InputGeometryTests {
    private func geometry(
        _ width: Int, _ height: Int, aspect: Double = 1, _ resize: ModelCard.Resize, cropFrom: Int? = nil
    ) -> InputGeometry {
        InputGeometry(
            picture: (width, height), pixelAspect: aspect, step: (2, 2), input: (224, 224), resize: resize,
            cropFrom: cropFrom)
    }

    @Test func squashShowsTheWholePicture() {
        let whole = geometry(1280, 720, .squash)
        #expect(whole.region == Region(x: 0, y: 0, width: 1280, height: 720))
        #expect((whole.targetWidth, whole.targetHeight) == (224, 224))
    }

    @Test func cropTakesTheMiddleSquare() {
        #expect(geometry(1280, 720, .crop).region == Region(x: 280, y: 0, width: 720, height: 720))
    }

    @Test func cropFromScalesTheShorterSideFirst() {
        // 224 of 256: 7/8 of the height.
        #expect(geometry(1280, 720, .crop, cropFrom: 256).region == Region(x: 324, y: 44, width: 630, height: 630))
    }

    @Test func cropOfWidePixelsIsSquareOnTheScreen() {
        let middle = geometry(720, 576, aspect: 2, .crop)
        #expect(middle.region.width * 2 == middle.region.height)
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
            #expect(extreme.sourceX >= 0 && extreme.sourceX + extreme.sourceWidth <= width)
            #expect(extreme.sourceY >= 0 && extreme.sourceY + extreme.sourceHeight <= height)
            #expect(extreme.sourceWidth >= 1 && extreme.sourceHeight >= 1)
            #expect(extreme.targetWidth >= 1 && extreme.targetHeight >= 1)
        }
    }
}
