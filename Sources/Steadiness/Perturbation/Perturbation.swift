import CFFmpeg
package import Pipeline

/// Whether the places that a map calls hot are those that the score depends on: insertion and deletion of Petsiuk et al.
/// 2018, "RISE", arXiv:1806.07421, section 4.2. Squares of the picture are shown, or hidden, the hottest first.
package struct Perturbation {
    private let cells: Cells
    private let pool: FramePool
    private let shrink: Scaler
    private let enlarge: Scaler
    private let smallPool: FramePool

    /// How many times the picture is scored after its first state.
    package static let steps = 20
    /// The blurred picture is this much smaller before it is enlarged again.
    private static let blur = 20

    package init(_ format: VideoFormat) throws(FFmpegError) {
        cells = Cells(format)
        pool = try FramePool(format)
        var small = format
        small.width = max(2, format.width / Self.blur)
        small.height = max(2, format.height / Self.blur)
        smallPool = try FramePool(small)
        shrink = try Scaler(from: Scaler.Side(format), to: Scaler.Side(small), .area)
        enlarge = try Scaler(from: Scaler.Side(small), to: Scaler.Side(format), .exact)
    }

    /// Mean scores, 0...1, while the picture is shown piece by piece over a blurred one (higher is better), or hidden piece
    /// by piece with grey (lower is better).
    package struct Areas: Sendable, Equatable {
        package let insertion: Double
        package let deletion: Double
    }

    /// - Parameter score: the class's probability in a picture, 0...1.
    package func areas(
        of map: Heatmap, _ picture: borrowing Frame, score: (borrowing Frame) throws -> Double
    ) throws -> Areas {
        let order = cells.order(map)
        let insertion = try pool.frame(timedLike: picture)
        let small = try smallPool.frame(timedLike: picture)
        try shrink.scale(picture, into: small)
        try enlarge.scale(small, into: insertion)
        let deletion = try pool.frame(timedLike: picture)
        cells.copy(order, from: picture, to: deletion)
        let nothing = try pool.frame(timedLike: picture)
        cells.grey(nothing)

        var scores = (inserted: [try score(insertion)], deleted: [try score(deletion)])
        for step in 0..<Self.steps {
            let part = order[order.count * step / Self.steps..<order.count * (step + 1) / Self.steps]
            cells.copy(part, from: picture, to: insertion)
            cells.copy(part, from: nothing, to: deletion)
            scores.inserted.append(try score(insertion))
            scores.deleted.append(try score(deletion))
        }
        return Areas(insertion: Self.area(scores.inserted), deletion: Self.area(scores.deleted))
    }

    /// The area under a curve of equally spaced values, from 0 to 1 on its axis, by the trapezoidal rule.
    package static func area(_ values: [Double]) -> Double {
        guard values.count > 1 else { return values.first ?? 0 }
        let inner = values.dropFirst().dropLast().reduce(0, +)
        return (inner + (values[0] + values[values.count - 1]) / 2) / Double(values.count - 1)
    }
}
