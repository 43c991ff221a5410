/// Groups stretches of pixels, which come row by row, into connected parts (corners connect).
struct ConnectedParts {
    private struct Part {
        var box: PixelBox
        var pixels: Int
        /// The part that this one turned out to belong to, or itself.
        var parent: Int
    }

    private var parts: [Part] = []
    /// Stretches of the row before and of the current one, with their parts.
    private var above: [(span: Range<Int>, part: Int)] = []
    private var current: [(span: Range<Int>, part: Int)] = []
    private var row = -1

    /// - Parameter span: right of all spans that came for row `y` before, and not touching them.
    mutating func add(_ y: Int, _ span: Range<Int>) {
        if y != row {
            swap(&above, &current)
            current.removeAll(keepingCapacity: true)
            if y != row + 1 { above.removeAll(keepingCapacity: true) }
            row = y
        }
        let part = parts.count
        parts.append(
            Part(
                box: PixelBox(x0: span.lowerBound, y0: y, x1: span.upperBound, y1: y + 1), pixels: span.count,
                parent: part))
        current.append((span, part))
        for other in above where other.span.lowerBound <= span.upperBound && span.lowerBound <= other.span.upperBound {
            join(other.part, part)
        }
    }

    /// The box of the part with most pixels.
    var largest: PixelBox? {
        parts.indices.filter { parts[$0].parent == $0 }
            .reduce(nil as Int?) { best, part in
                guard let best, parts[best].pixels >= parts[part].pixels else { return part }
                return best
            }
            .map { parts[$0].box }
    }

    private mutating func join(_ first: Int, _ second: Int) {
        let a = root(first)
        let b = root(second)
        if a == b { return }
        // The older part stays, so that the first of equals wins.
        let (kept, gone) = (min(a, b), max(a, b))
        let other = parts[gone]
        parts[gone].parent = kept
        parts[kept].pixels += other.pixels
        parts[kept].box = PixelBox(
            x0: min(parts[kept].box.x0, other.box.x0), y0: min(parts[kept].box.y0, other.box.y0),
            x1: max(parts[kept].box.x1, other.box.x1), y1: max(parts[kept].box.y1, other.box.y1))
    }

    private mutating func root(_ part: Int) -> Int {
        var part = part
        while parts[part].parent != part {
            parts[part].parent = parts[parts[part].parent].parent
            part = parts[part].parent
        }
        return part
    }
}
