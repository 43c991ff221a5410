import Pipeline
import Testing

@testable import Demo

struct DrawingTests {
    @Test(arguments: Drawing.names)
    func anObjectFillsItsSquareAndStaysInIt(name: String) throws {
        let drawing = try #require(Drawing.all.first { $0.name == name })
        // A unit is 100 pixels here, with 20 pixels around.
        let alone = try LoneObject(
            drawing, at: Pose(x: 120, y: 120, scale: 100, angle: 0), width: 240, height: 240)
        let box = try #require(alone.box)
        #expect(box.x0 >= 20 && box.y0 >= 20 && box.x1 <= 220 && box.y1 <= 220, "\(box)")
        #expect(max(box.x1 - box.x0, box.y1 - box.y0) >= 180, "\(box)")
        // In the middle, so that it turns around its middle.
        #expect(abs(box.x0 + box.x1 - 240) <= 20 && abs(box.y0 + box.y1 - 240) <= 20, "\(box)")
    }

    @Test func everyObjectIsOfAClassOfItsOwn() {
        #expect(Set(Drawing.names).count == Drawing.all.count)
        #expect(Drawing.names.allSatisfy { !$0.isEmpty && !$0.contains("+") && !$0.contains(",") })
    }

    @Test func whatCannotBeDrawnOnIsAnError() {
        #expect(throws: DrawingError.self) { try Surface(width: 40_000, height: 10) }
        #expect(throws: DrawingError.self) {
            // Rows of pixels start at multiples of 4 bytes.
            try Surface(drawingOn: .allocate(byteCount: 64, alignment: 4), width: 3, height: 4, bytesPerRow: 13)
        }
    }
}
