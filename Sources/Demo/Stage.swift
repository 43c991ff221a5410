package import Pipeline

/// A picture under a camera that moves, and an object before it: for clips in which the motion of every place is known.
///
/// For use by one thread at a time.
package final class Stage {
    private let plate: Surface
    private let sprite: Sprite?
    private let largestSize: Double

    /// Where the camera looks.
    package struct View: Sendable, Equatable {
        /// The place of the plate that is in the middle of the picture, in the plate's pixels.
        package var x: Double
        package var y: Double
        /// Pixels of the picture that one of the plate takes: 0.5 or more, as less would leave pixels out.
        package var scale: Double

        package init(x: Double, y: Double, scale: Double) {
            (self.x, self.y, self.scale) = (x, y, scale)
        }
    }

    /// Where the object is.
    package struct Placement: Sendable, Equatable {
        /// Of its middle, in pixels of the picture.
        package var x: Double
        package var y: Double
        /// Half of its longer side, in pixels of the picture.
        package var size: Double

        package init(x: Double, y: Double, size: Double) {
            (self.x, self.y, self.size) = (x, y, size)
        }

        fileprivate var pose: Pose { Pose(x: x, y: y, scale: size, angle: 0) }
    }

    /// - Parameters:
    ///   - pixels: of the plate, B G R and an unused byte each; copied.
    ///   - bytesPerRow: a multiple of 4.
    ///   - object: one of `Drawing.names`.
    ///   - largestSize: of the object's placements.
    package init(
        pixels: UnsafeMutableRawPointer, width: Int, height: Int, bytesPerRow: Int, object: String? = nil,
        largestSize: Double = 0
    ) throws(DrawingError) {
        let given = try Surface(drawingOn: pixels, width: width, height: height, bytesPerRow: bytesPerRow)
        plate = try Surface(width: width, height: height)
        let canvas = Canvas(plate)
        canvas.paint(given, operation: .source)
        try canvas.check()
        plate.flush()
        self.largestSize = largestSize
        if let drawing = Drawing.all.first(where: { $0.name == object }) {
            sprite = try Sprite(drawing, largestScale: largestSize)
        } else {
            precondition(object == nil)
            sprite = nil
        }
    }

    /// Draws one picture; beyond the plate its edge goes on.
    ///
    /// - Parameters:
    ///   - object: nil: not there.
    ///   - pixels: B G R and an unused byte each.
    ///   - bytesPerRow: a multiple of 4.
    package func draw(
        _ view: View, object: Placement?, into pixels: UnsafeMutableRawPointer, width: Int, height: Int,
        bytesPerRow: Int
    ) throws(DrawingError) {
        let surface = try Surface(drawingOn: pixels, width: width, height: height, bytesPerRow: bytesPerRow)
        let canvas = Canvas(surface)
        canvas.saved {
            canvas.translate(Double(width) / 2, Double(height) / 2)
            canvas.scale(view.scale)
            canvas.translate(-view.x, -view.y)
            canvas.paint(plate, operation: .source, extend: .edge)
        }
        if let object, let sprite {
            precondition(object.size <= largestSize)
            sprite.paint(on: canvas, at: object.pose, opacity: 1)
        }
        try canvas.check()
        surface.flush()
    }

    /// Around the object, without its shadow; nil where the stage has none.
    package func box(of object: Placement) -> PixelBox? { sprite?.box(at: object.pose) }
}
