/// A true box: its edges, in pixels from the picture's left and top.
package struct TrueBox: Sendable, Equatable {
    package var x0: Double
    package var y0: Double
    package var x1: Double
    package var y1: Double

    package init(x0: Double, y0: Double, x1: Double, y1: Double) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
    }

    package func scaled(x: Double, y: Double) -> TrueBox {
        TrueBox(x0: x0 * x, y0: y0 * y, x1: x1 * x, y1: y1 * y)
    }

    /// The part of it that lies in a picture; nil: none does.
    package func inside(width: Double, height: Double) -> TrueBox? {
        let part = TrueBox(x0: max(x0, 0), y0: max(y0, 0), x1: min(x1, width), y1: min(y1, height))
        return part.x0 < part.x1 && part.y0 < part.y1 ? part : nil
    }

    /// The pixels whose centres lie in it; of a box without any, the one that it lies in.
    func pixels(width: Int, height: Int) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
        func range(_ from: Double, _ to: Double, _ count: Int) -> ClosedRange<Int> {
            let first = min(max(Int((from - 0.5).rounded(.up)), 0), count - 1)
            return first...max(first, min(Int((to - 0.5).rounded(.up)) - 1, count - 1))
        }
        return (range(x0, x1, width), range(y0, y1, height))
    }

    /// Corners as the evaluation of weakly supervised localisation has them after its `resize_bbox`: whole pixels, both
    /// corners inside.
    var corners: WholeBox { WholeBox(x0: Int(x0), y0: Int(y0), x1: Int(x1), y1: Int(y1)) }
}

/// A box of whole pixels, of which both corners belong to it.
struct WholeBox: Equatable {
    var x0: Int
    var y0: Int
    var x1: Int
    var y1: Int

    private var area: Int { (x1 - x0 + 1) * (y1 - y0 + 1) }

    /// Intersection over union.
    func overlap(_ other: WholeBox) -> Float {
        let width = min(x1, other.x1) - max(x0, other.x0) + 1
        let height = min(y1, other.y1) - max(y0, other.y0) + 1
        guard width > 0, height > 0 else { return 0 }
        return Float(width * height) / Float(area + other.area - width * height)
    }
}
