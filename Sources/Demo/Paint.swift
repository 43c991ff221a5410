/// What a path is filled with.
enum Paint {
    typealias Point = (x: Double, y: Double)
    /// Place along the gradient, 0...1, and the colour there.
    typealias Stop = (Double, Colour)

    case colour(Colour)
    case linear(from: Point, to: Point, [Stop])
    /// From the focus (the centre where it is nil) out to the circle.
    case radial(centre: Point, radius: Double, focus: Point?, [Stop])

    static func hex(_ rgb: UInt32, _ alpha: Double = 1) -> Paint { .colour(Colour(rgb, alpha)) }

    static func radial(_ x: Double, _ y: Double, _ radius: Double, focus: Point? = nil, _ stops: [Stop]) -> Paint {
        .radial(centre: (x, y), radius: radius, focus: focus, stops)
    }

    /// Evenly spaced opaque colours from the top down.
    static func down(from top: Double, to bottom: Double, _ rgb: [UInt32]) -> Paint {
        .linear(from: (0, top), to: (0, bottom), even(rgb))
    }

    static func across(from left: Double, to right: Double, _ rgb: [UInt32]) -> Paint {
        .linear(from: (left, 0), to: (right, 0), even(rgb))
    }

    private static func even(_ rgb: [UInt32]) -> [Stop] {
        rgb.enumerated().map { (Double($0.offset) / Double(max(1, rgb.count - 1)), Colour($0.element)) }
    }
}

/// sRGB, not premultiplied; all parts 0...1.
struct Colour: Sendable {
    var red: Double
    var green: Double
    var blue: Double
    var alpha: Double

    /// - Parameter rgb: 0xRRGGBB.
    init(_ rgb: UInt32, _ alpha: Double = 1) {
        red = Double(rgb >> 16 & 255) / 255
        green = Double(rgb >> 8 & 255) / 255
        blue = Double(rgb & 255) / 255
        self.alpha = alpha
    }

    /// - Parameter share: of the other colour, 0...1.
    func mixed(with other: Colour, _ share: Double) -> Colour {
        var result = self
        result.red += share * (other.red - red)
        result.green += share * (other.green - green)
        result.blue += share * (other.blue - blue)
        result.alpha += share * (other.alpha - alpha)
        return result
    }
}
