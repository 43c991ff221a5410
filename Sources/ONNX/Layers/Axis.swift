/// What one axis of a tensor holds: places of the picture, or anything else, as a row-major product of parts.
///
/// Rows that a Reshape divides into 4 windows of 8 are two parts; brought together again, they are rows. An axis of size
/// 1 has no parts.
struct Axis: Equatable {
    enum Part: Equatable {
        /// Channels, batches, heads, and what has lost its order in space.
        case channels(Int)
        case rows(Span)
        case columns(Span)
        /// Some tokens, then a grid of height · width.
        case tokens(prefix: Int, height: Int, width: Int)
    }

    /// `size` steps of `stride` among `whole` rows or columns.
    struct Span: Equatable {
        let size: Int
        let stride: Int
        let whole: Int

        /// Whether it goes over all of the picture.
        var isWhole: Bool { size == whole / stride }
    }

    private(set) var parts: [Part]

    static let single = Axis(parts: [])

    static func channels(_ size: Int) -> Axis { size == 1 ? single : Axis(parts: [.channels(size)]) }
    static func rows(_ size: Int) -> Axis { Axis(parts: [.rows(Span(size: size, stride: 1, whole: size))]) }
    static func columns(_ size: Int) -> Axis { Axis(parts: [.columns(Span(size: size, stride: 1, whole: size))]) }

    static func tokens(prefix: Int, height: Int, width: Int) -> Axis {
        prefix == 0
            ? Axis(parts: rows(height).parts + columns(width).parts)
            : Axis(parts: [.tokens(prefix: prefix, height: height, width: width)])
    }

    /// Axes of `[N, channels, height, width]`.
    static func map(_ shape: [Int]) -> [Axis] {
        [.channels(shape[0]), .channels(shape[1]), .rows(shape[2]), .columns(shape[3])]
    }

    /// Axes that hold nothing of the picture's places.
    static func plain(_ shape: [Int]) -> [Axis] { shape.map { .channels($0) } }

    var isChannels: Bool {
        parts.allSatisfy { if case .channels = $0 { true } else { false } }
    }

    /// The map's height, if the axis is its rows.
    var rows: Int? {
        guard parts.count == 1, case .rows(let span) = parts[0], span.isWhole else { return nil }
        return span.size
    }

    /// The map's width, if the axis is its columns.
    var columns: Int? {
        guard parts.count == 1, case .columns(let span) = parts[0], span.isWhole else { return nil }
        return span.size
    }

    /// The grid of tokens that the axis goes through, if it does.
    var tokens: (prefix: Int, height: Int, width: Int)? {
        if parts.count == 1, case .tokens(let prefix, let height, let width) = parts[0] {
            return (prefix, height, width)
        }
        guard parts.count == 2, let height = Axis(parts: [parts[0]]).rows, let width = Axis(parts: [parts[1]]).columns
        else { return nil }
        return (0, height, width)
    }

    /// The axis enlarged, reduced or padded to a size.
    func resized(from old: Int, to new: Int) -> Axis {
        if old == new { return self }
        if rows != nil { return .rows(new) }
        return columns != nil ? .columns(new) : .channels(new)
    }

    /// Some positions of the axis: `count` of them from `first` on, each `step` behind the other.
    func selecting(first: Int, count: Int, step: Int, of size: Int) -> Axis {
        if count == size, step == 1 { return self }
        if step == 1, let (prefix, height, width) = tokens, first <= prefix, first + count == size {
            return .tokens(prefix: prefix - first, height: height, width: width)
        }
        // Every second row is a map of half the height; some of the rows are a cutting that lies elsewhere.
        guard step > 1, first < step, first + count * step >= size else { return .channels(count) }
        return resized(from: size, to: count)
    }

    /// The axes of a tensor that is only cut up in another way.
    static func reshaped(_ axes: [Axis], to shape: [Int]) -> [Axis] {
        guard shape.allSatisfy({ $0 > 0 }) else { return plain(shape) }
        var waiting = axes.flatMap(\.parts)[...]
        var result: [Axis] = []
        for size in shape {
            var (rest, parts): (Int, [Part]) = (size, [])
            while rest > 1 {
                guard let part = waiting.popFirst(), part.size > 0 else { return plain(shape) }
                if rest % part.size == 0 {
                    parts.append(part)
                    rest /= part.size
                } else if let (outer, inner) = part.divided(outer: rest) {
                    parts.append(outer)
                    waiting = [inner] + waiting
                    rest = 1
                } else {
                    return plain(shape)
                }
            }
            result.append(Axis(parts: merged(parts)))
        }
        return result
    }

    /// Joins neighbours that go on where the other begins.
    private static func merged(_ parts: [Part]) -> [Part] {
        parts.reduce(into: []) { merged, part in
            if let last = merged.last, let joint = last.joined(part) {
                merged[merged.count - 1] = joint
            } else {
                merged.append(part)
            }
        }
    }
}

extension Axis.Part {
    var size: Int {
        switch self {
        case .channels(let size): size
        case .rows(let span), .columns(let span): span.size
        case .tokens(let prefix, let height, let width): prefix + height * width
        }
    }

    fileprivate func divided(outer: Int) -> (Axis.Part, Axis.Part)? {
        guard size % outer == 0 else { return nil }
        let inner = size / outer
        func spans(_ span: Axis.Span) -> (Axis.Span, Axis.Span) {
            (
                Axis.Span(size: outer, stride: span.stride * inner, whole: span.whole),
                Axis.Span(size: inner, stride: span.stride, whole: span.whole)
            )
        }
        switch self {
        case .channels: return (.channels(outer), .channels(inner))
        case .rows(let span):
            let (outer, inner) = spans(span)
            return (.rows(outer), .rows(inner))
        case .columns(let span):
            let (outer, inner) = spans(span)
            return (.columns(outer), .columns(inner))
        case .tokens: return nil
        }
    }

    fileprivate func joined(_ next: Axis.Part) -> Axis.Part? {
        func span(_ outer: Axis.Span, _ inner: Axis.Span) -> Axis.Span? {
            guard outer.whole == inner.whole, outer.stride == inner.stride * inner.size else { return nil }
            return Axis.Span(size: outer.size * inner.size, stride: inner.stride, whole: outer.whole)
        }
        switch (self, next) {
        case (.channels(let outer), .channels(let inner)): return .channels(outer * inner)
        case (.rows(let outer), .rows(let inner)): return span(outer, inner).map { .rows($0) }
        case (.columns(let outer), .columns(let inner)): return span(outer, inner).map { .columns($0) }
        default: return nil
        }
    }
}
