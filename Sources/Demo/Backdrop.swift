import Glibc
import Pipeline

/// What the objects move in front of: leaves and lights far out of focus, larger than the picture, which pans over it.
final class Backdrop {
    private let surface: Surface
    private let width: Double
    private let height: Double

    /// The surface's size in pictures.
    private static let extent = 1.5
    /// Seconds in which the picture goes forth and back, sideways and up and down.
    private static let periods = (41.0, 29.0)

    init(width: Int, height: Int, seed: UInt64) throws(DrawingError) {
        (self.width, self.height) = (Double(width), Double(height))
        let full = (Int((Double(width) * Self.extent).rounded(.up)), Int((Double(height) * Self.extent).rounded(.up)))
        // The same picture at any size: all is placed in units of the surface's height.
        let aspect = Double(full.0) / Double(full.1)
        var random = SplitMix64(seed ^ 0xbac_d0b)
        var blurred = try Self.ground(aspect, &random)
        for (rows, blobs, radius) in [(34, 40.0, 0.16), (68, 62, 0.09), (135, 73, 0.055)] {
            let rows = min(rows, full.1)
            blurred = try blurred.enlarged(width: Int(aspect * Double(rows)) + 1, height: rows)
            try Self.foliage(on: blurred, count: Int(blobs * aspect), radius: radius, &random)
        }
        while blurred.height * 2 < full.1 {
            blurred = try blurred.enlarged(width: blurred.width * 2, height: blurred.height * 2)
        }
        surface = try blurred.enlarged(width: full.0, height: full.1)
        try Self.finish(surface, &random)
    }

    /// Covers the canvas.
    func paint(on canvas: Canvas, at seconds: Double) {
        let slack = ((Self.extent - 1) * width, (Self.extent - 1) * height)
        // Whole pixels: a copy, where parts of pixels would be arithmetic, and would soften the grain now and then.
        let x = (slack.0 / 2 * (1 + sin(2 * .pi * seconds / Self.periods.0))).rounded()
        let y = (slack.1 / 2 * (1 - cos(2 * .pi * seconds / Self.periods.1))).rounded()
        canvas.saved {
            canvas.translate(-x, -y)
            canvas.paint(surface, operation: .source)
        }
    }

    private static let greens: [UInt32] = [
        0x2f3f33, 0x3d5140, 0x4c6349, 0x5f7553, 0x7a8b62, 0x93a07a, 0x55705f, 0x6b8578, 0x8b8f68, 0xa79f78, 0x42574f,
    ]
    private static let browns: [UInt32] = [0xa98d58, 0x8d6a44, 0xc0a468, 0x77604a]
    private static let lights: [UInt32] = [0xeee6bf, 0xd6dcb6, 0xf3dfae, 0xc4d6c6, 0xf8f0d8]

    /// Dim below, light above, in a few large patches.
    private static func ground(_ aspect: Double, _ random: inout SplitMix64) throws(DrawingError) -> Surface {
        let ground = try Surface(width: Int(aspect * 17) + 1, height: 17)
        let canvas = Canvas(ground)
        canvas.scale(Double(ground.height))
        canvas.paint(.down(from: 0, to: 1, [0xa9b59c, 0x88997a, 0x62775a, 0x485b42, 0x374833]))
        for _ in 0..<Int(15 * aspect) {
            let (x, y) = (random.value(in: 0...aspect), random.value(in: 0...1))
            canvas.glow(
                x, y, random.value(in: 0.12...0.4), random.value(in: 0.08...0.25), pick(greens, &random),
                random.value(in: 0.3...0.7))
        }
        // The sun comes through here and there, more so on the left.
        for _ in 0..<4 {
            canvas.glow(
                random.value(in: 0...0.75) * aspect, random.value(in: 0...0.4), random.value(in: 0.3...0.5),
                random.value(in: 0.2...0.35), pick(lights, &random), random.value(in: 0.25...0.5))
        }
        try canvas.check()
        return ground
    }

    /// Leaf-shaped blots.
    private static func foliage(
        on surface: Surface, count: Int, radius: Double, _ random: inout SplitMix64
    ) throws(DrawingError) {
        let canvas = Canvas(surface)
        canvas.scale(Double(surface.height))
        let aspect = Double(surface.width) / Double(surface.height)
        for _ in 0..<count {
            let length = radius * random.value(in: 0.5...1.4)
            canvas.saved {
                canvas.translate(random.value(in: 0...aspect), random.value(in: 0...1))
                canvas.rotate(random.value(in: 0...(2 * .pi)))
                let breadth = length * random.value(in: 0.25...0.6)
                let colours = random.value(in: 0...1) < 0.16 ? browns : greens
                canvas.fill(.hex(pick(colours, &random), random.value(in: 0.15...0.5))) {
                    canvas.move(-length, 0)
                    canvas.curve(-0.4 * length, -breadth, 0.4 * length, -breadth, length, 0)
                    canvas.curve(0.4 * length, breadth, -0.4 * length, breadth, -length, 0)
                }
            }
        }
        try canvas.check()
    }

    /// Discs of light, as a lens makes them of what is out of focus, and grain.
    private static func finish(_ surface: Surface, _ random: inout SplitMix64) throws(DrawingError) {
        let canvas = Canvas(surface)
        let aspect = Double(surface.width) / Double(surface.height)
        canvas.saved {
            canvas.scale(Double(surface.height))
            for _ in 0..<Int(36 * aspect) {
                let (x, y) = (random.value(in: 0...aspect), random.value(in: 0...1))
                let radius = random.value(in: 0.008...0.04)
                let colour = pick(lights, &random)
                let alpha = random.value(in: 0.05...0.24) * (1.25 - 0.7 * y)
                canvas.fill(
                    .radial(
                        x, y, radius,
                        [(0, Colour(colour, 0.7 * alpha)), (0.86, Colour(colour, alpha)), (1, Colour(colour, 0))])
                ) { canvas.circle(x, y, radius) }
            }
        }
        canvas.paint(try grain(&random), opacity: 0.2, operation: .overlay, extend: .tiles)
        try canvas.check()
    }

    private static func grain(_ random: inout SplitMix64) throws(DrawingError) -> Surface {
        let tile = try Surface(width: 192, height: 192)
        tile.withPixels { pixels, bytesPerRow in
            for row in 0..<tile.height {
                for column in 0..<tile.width {
                    let bits = random.next()
                    // The mean of four bytes is nearly normal.
                    let grey = UInt32((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24 & 255)) / 4
                    pixels.storeBytes(
                        of: 0xff00_0000 | grey << 16 | grey << 8 | grey, toByteOffset: row * bytesPerRow + 4 * column,
                        as: UInt32.self)
                }
            }
        }
        return tile
    }

    private static func pick(_ colours: [UInt32], _ random: inout SplitMix64) -> UInt32 {
        colours[Int(random.next() % UInt64(colours.count))]
    }
}
