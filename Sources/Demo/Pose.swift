import Glibc
import Pipeline

/// Where an object is in the picture.
struct Pose {
    /// Of its middle, in pixels.
    var x: Double
    var y: Double
    /// Pixels that one unit of its drawing takes: half of its longer side.
    var scale: Double
    /// Radians, clockwise.
    var angle: Double

    /// (a, b) of the matrix [[a, -b], [b, a]] that turns and scales.
    var matrix: (Double, Double) { (scale * cos(angle), scale * sin(angle)) }
}

/// The way of one object through the picture: a smooth curve, on which it grows or shrinks and turns a little.
struct Path {
    /// Places from the picture's left or top edge (-1) to the right or bottom one (1), as far as the object can go.
    private let x: [Double]
    private let y: [Double]
    /// Sizes at both ends, relative to the shorter side of the picture; angles in radians.
    private let size: (Double, Double)
    private let angle: (Double, Double)

    /// Half of an object's length at most, relative to the shorter side of the picture.
    static let largestSize = 0.4
    /// Distance of the object from the edge of the picture, relative to its size.
    private static let margin = 1.06
    /// What remains of the size at the first and at the last moment.
    private static let firstSize = 0.8

    init(_ random: inout SplitMix64) {
        let side = random.next() % 2 == 0 ? 1.0 : -1
        x = [side * random.value(in: 0.45...0.85), random.value(in: -0.2...0.2), -side * random.value(in: 0.3...0.75)]
        y = [random.value(in: -0.8...0.8), random.value(in: -1...1), random.value(in: -0.8...0.8)]
        let sizes = (random.value(in: 0.24...0.31), random.value(in: 0.34...Self.largestSize))
        size = random.next() % 2 == 0 ? sizes : (sizes.1, sizes.0)
        let turn = random.value(in: 0.08...0.3) * (random.next() % 2 == 0 ? 1 : -1)
        let middle = random.value(in: -0.1...0.1)
        angle = (middle - turn / 2, middle + turn / 2)
    }

    /// - Parameters:
    ///   - time: 0...1 from the first moment to the last.
    ///   - presence: 0...1, how far the object has come in, or has not gone.
    func pose(at time: Double, presence: Double, width: Double, height: Double) -> Pose {
        func along(_ points: [Double]) -> Double {  // a quadratic Bézier curve
            let rest = 1 - time
            return rest * rest * points[0] + 2 * rest * time * points[1] + time * time * points[2]
        }
        func between(_ ends: (Double, Double)) -> Double { ends.0 + (ends.1 - ends.0) * smooth(time) }
        let full = between(size) * min(width, height)
        return Pose(
            x: width / 2 + along(x) * (width / 2 - Self.margin * full),
            y: height / 2 + along(y) * (height / 2 - Self.margin * full),
            scale: full * (Self.firstSize + (1 - Self.firstSize) * presence), angle: between(angle))
    }
}

/// From 0 to 1 without a jerk at either end.
func smooth(_ t: Double) -> Double {
    let t = min(max(t, 0), 1)
    return t * t * (3 - 2 * t)
}
