import CBlend
import Pipeline
import TestSupport
import Testing

@testable import Overlay

struct ColourPlaneTests {
    /// A red square of 8x8 pixels at (4, 4) on grey, in 8 and more bits, with and without subsampling.
    @Test(arguments: ["yuv420p", "yuv444p", "yuv422p10le", "gbrp"])
    func pixelsKeepTheirColours(name: String) throws {
        let format = videoFormat(name, width: 16, height: 16)
        let layout = try #require(PixelLayout(format.pixelFormat))
        let codes = CodeValues(format, layout)
        let image = TextImage(
            advance: 8, ascent: 8, descent: 0, left: 0, top: -8, width: 8, height: 8,
            letters: Array(repeating: 0xffff_0000, count: 64), outline: nil)
        let plate = TextPlate()
        plate.clear(width: 8, height: 8, ground: 0)
        plate.add(image, x: 0, baseLine: 8)
        let frame = try picture(format) { plane, _, _ in Int(codes.sample(RGB(0.5, 0.5, 0.5), plane: plane)) }
        let panel = Panel(frame, layout, width: 16, height: 16)
        plate.draw(x: 4, y: 4, dark: .black, light: .white, codes, on: panel)
        let drawn = try samples(frame)
        for plane in 0..<3 {
            let (x, y) = (plane == 0 ? 8 : 8 >> layout.log2ChromaWidth, plane == 0 ? 8 : 8 >> layout.log2ChromaHeight)
            #expect(drawn[plane][y][x] == Int(codes.sample(RGB(1, 0, 0), plane: plane)))
            #expect(drawn[plane][0][0] == Int(codes.sample(RGB(0.5, 0.5, 0.5), plane: plane)))
        }
    }

    @Test func whatIsHalfTransparentIsMixed() throws {
        let format = videoFormat("gbrp", width: 8, height: 8)
        let codes = CodeValues(format, try #require(PixelLayout(format.pixelFormat)))
        // Half of full blue, multiplied by its alpha.
        let plane = ColourPlane(
            [0x8000_0080], width: 1, height: 1, plane: 1, codes, log2: (width: 0, height: 0))
        #expect(plane.codes.start[0] == 255 && plane.opacities.start[0] == 128)
    }

    @Test func whiteLettersAreNoColour() {
        let image = TextImage(
            advance: 2, ascent: 1, descent: 0, left: 0, top: -1, width: 2, height: 1,
            letters: [0x8080_8080, 0xff00_00ff], outline: nil)
        #expect(image.shape.start[0] == 0x80 && image.shape.start[1] == 0)
        #expect(image.colours?.start[0] == 0 && image.colours?.start[1] == 0xff00_00ff)
    }
}
