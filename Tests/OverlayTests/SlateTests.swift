import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Overlay

struct SlateTests {
    @Test(arguments: ["yuv420p", "yuv422p10le", "gbrp"], [(320, 180), (639, 361), (360, 640)])
    func itsLinesStandInTheMiddleOfABlackPicture(_ name: String, _ size: (Int, Int)) throws {
        let format = videoFormat(name, width: size.0, height: size.1)
        let layout = try #require(PixelLayout(format.pixelFormat))
        let (black, white) =
            layout.isRGB ? (0, 255) : (16 << (layout.bitsPerSample - 8), 235 << (layout.bitsPerSample - 8))
        let slate = try Slate(format, font: nil)
        let time = CaptureTime(monotonic: 5, wall: 7)
        let frame = try slate.frame(["no signal since 12:03:41"], index: 3, pts: 90, captured: time)
        #expect(frame.index == 3 && frame.pts == 90 && frame.captured == time)
        #expect(frame.width == size.0 && frame.height == size.1)
        let luma = try samples(frame)[0]
        #expect(luma[0][0] == black && luma[size.1 - 1][size.0 - 1] == black)
        #expect(luma.joined().max()! > (black + white * 9) / 10)
        let box = try #require(rectangle(luma, differingFrom: black))
        // As far from the left as from the right, from the top as from the bottom, to a few pixels.
        #expect(abs(box.x0 + box.x1 - size.0) <= 12 && abs(box.y0 + box.y1 - size.1) <= 16)
        #expect(box.y1 - box.y0 < size.1 / 3)
    }

    @Test func aLineMoreMakesItHigher() throws {
        let slate = try Slate(videoFormat("yuv420p", width: 640, height: 360), font: nil)
        func height(_ lines: [String]) throws -> Int {
            let box = rectangle(
                try samples(try slate.frame(lines, index: 0, pts: 0, captured: nil))[0], differingFrom: 16)
            return try #require(box).y1 - box!.y0
        }
        #expect(try height(["no signal", "since 12:03:41"]) > height(["no signal"]) * 3 / 2)
    }
}
