import Pipeline

/// A drawing painted once with its shadow, at several sizes, to be laid into pictures turned and scaled.
final class Sprite {
    private let levels: [Level]
    /// The leftmost and the rightmost covered point of every row of the largest level, in the drawing's units.
    private let outline: [(x: Double, y: Double)]

    private struct Level {
        let surface: Surface
        /// Where the drawing's origin is, in pixels from the surface's top left corner.
        let origin: (x: Int, y: Int)
        /// Pixels that one unit of the drawing takes.
        let scale: Double
    }

    /// How far drawing and shadow reach from the origin at most, in the drawing's units.
    private static let reach = 1.3

    /// - Parameter largestScale: pixels a unit that the sprite will be shown at, at most.
    init(_ drawing: Drawing, largestScale: Double) throws(DrawingError) {
        let (object, canvas) = try Self.surface(largestScale)
        drawing.draw(canvas)
        try canvas.check()
        outline = Self.outline(of: object, largestScale)

        var levels: [Level] = []
        // Bilinear filtering looks at four pixels: below half the size it would leave some out.
        var scale = largestScale
        repeat {
            let (surface, canvas) = try Self.surface(scale)
            let shadow = try Self.shadow(of: drawing, width: surface.width)
            canvas.saved {
                canvas.translate(0.06 - Self.reach, 0.085 - Self.reach)
                canvas.scale(2 * Self.reach / Double(shadow.width))
                canvas.paint(shadow, opacity: 0.5)
            }
            drawing.draw(canvas)
            try canvas.check()
            levels.append(try Self.trimmed(surface, scale))
            scale /= 2
        } while scale > largestScale / 10 && scale > 4
        self.levels = levels
    }

    /// - Parameter opacity: 0...1.
    func paint(on canvas: Canvas, at pose: Pose, opacity: Double) {
        let level = levels.last { $0.scale >= pose.scale } ?? levels[0]
        canvas.saved {
            canvas.translate(pose.x, pose.y)
            canvas.rotate(pose.angle)
            canvas.scale(pose.scale / level.scale)
            canvas.translate(-Double(level.origin.x), -Double(level.origin.y))
            canvas.paint(level.surface, opacity: opacity)
        }
    }

    /// The smallest box around what `paint` covers at least by half, without the shadow.
    func box(at pose: Pose) -> PixelBox {
        var (left, right, top, bottom) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
        let (a, b) = pose.matrix
        for point in outline {
            let (x, y) = (a * point.x - b * point.y, b * point.x + a * point.y)
            (left, right) = (min(left, x), max(right, x))
            (top, bottom) = (min(top, y), max(bottom, y))
        }
        return PixelBox(
            x0: Int((pose.x + left).rounded()), y0: Int((pose.y + top).rounded()),
            x1: Int((pose.x + right).rounded()), y1: Int((pose.y + bottom).rounded()))
    }

    /// A surface with the drawing's origin in its middle, and a canvas for the drawing's units.
    private static func surface(_ scale: Double) throws(DrawingError) -> (Surface, Canvas) {
        let half = Int((reach * scale).rounded(.up))
        let surface = try Surface(width: 2 * half, height: 2 * half)
        let canvas = Canvas(surface)
        canvas.translate(Double(half), Double(half))
        canvas.scale(scale)
        return (surface, canvas)
    }

    /// Without the empty borders, which would cost as much time as the rest whenever it is painted.
    private static func trimmed(_ surface: Surface, _ scale: Double) throws(DrawingError) -> Level {
        let rows = coveredRows(of: surface, alpha: 3)
        // A pixel more around it lets its edges fade out.
        let top = max(0, (rows.map(\.row).min() ?? 0) - 1)
        let left = max(0, (rows.map(\.columns.lowerBound).min() ?? 0) - 1)
        let bottom = min(surface.height, (rows.map(\.row).max() ?? 0) + 2)
        let right = min(surface.width, (rows.map(\.columns.upperBound).max() ?? 0) + 1)
        let result = try Surface(width: max(1, right - left), height: max(1, bottom - top))
        let canvas = Canvas(result)
        canvas.translate(-Double(left), -Double(top))
        canvas.paint(surface, operation: .source)
        try canvas.check()
        return Level(
            surface: result, origin: (surface.width / 2 - left, surface.height / 2 - top), scale: scale)
    }

    /// The drawing's shape in black, blurred, a quarter as wide as `width` or less.
    private static func shadow(of drawing: Drawing, width: Int) throws(DrawingError) -> Surface {
        // A bilinear enlargement of few pixels is the blur.
        let (shape, canvas) = try surface(18 / reach)
        drawing.draw(canvas)
        canvas.paint(.hex(0x0a0c10), operation: .inside)
        try canvas.check()
        var blurred = shape
        while blurred.width * 4 <= width {
            blurred = try blurred.enlarged(width: blurred.width * 2, height: blurred.height * 2)
        }
        return blurred
    }

    private static func outline(of surface: Surface, _ scale: Double) -> [(x: Double, y: Double)] {
        coveredRows(of: surface, alpha: 128).flatMap { row, columns in
            [columns.lowerBound, columns.upperBound].flatMap { column in
                [row, row + 1].map { line in
                    (Double(column - surface.width / 2) / scale, Double(line - surface.height / 2) / scale)
                }
            }
        }
    }

    /// Of every row that has a pixel of at least this alpha, the columns from the first to the last such one.
    private static func coveredRows(of surface: Surface, alpha: UInt32) -> [(row: Int, columns: Range<Int>)] {
        surface.withPixels { pixels, bytesPerRow in
            (0..<surface.height).compactMap { row in
                let words = (pixels + row * bytesPerRow).assumingMemoryBound(to: UInt32.self)
                var (start, end) = (0, surface.width)
                while start < end && words[start] >> 24 < alpha { start += 1 }
                while start < end && words[end - 1] >> 24 < alpha { end -= 1 }
                return start < end ? (row, start..<end) : nil
            }
        }
    }
}
