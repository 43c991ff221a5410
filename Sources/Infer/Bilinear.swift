package import Pipeline

/// Bilinear interpolation of small maps.
package enum Bilinear {
    /// Where the values lie.
    package enum Grid: Sendable {
        /// In the middle of cells: the half-pixel rule of pictures.
        case cells
        /// The outermost ones on the border: align_corners in PyTorch.
        case corners
    }

    /// - Parameters:
    ///   - map: Float `[height, width]`.
    /// - Returns: Float `[newHeight, newWidth]`.
    package static func resized(_ map: RawMap, height: Int, width: Int, grid: Grid = .cells) -> RawMap {
        if (map.height, map.width) == (height, width) { return map }
        let rows = taps(from: map.height, to: height, grid)
        let columns = taps(from: map.width, to: width, grid)
        var values: [Float] = []
        values.reserveCapacity(height * width)
        for row in rows {
            let (upper, lower) = (row.first * map.width, row.second * map.width)
            for column in columns {
                let top = mix(map.values[upper + column.first], map.values[upper + column.second], column.weight)
                let bottom = mix(map.values[lower + column.first], map.values[lower + column.second], column.weight)
                values.append(mix(top, bottom, row.weight))
            }
        }
        return RawMap(height: height, width: width, values: values)
    }

    private static func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float { a + weight * (b - a) }

    /// For each new place the two old ones around it, and the second one's weight.
    static func taps(from old: Int, to new: Int, _ grid: Grid) -> [(first: Int, second: Int, weight: Float)] {
        (0..<new).map { index in
            let position: Double =
                switch grid {
                case .cells: (Double(index) + 0.5) * Double(old) / Double(new) - 0.5
                case .corners: new > 1 ? Double(index * (old - 1)) / Double(new - 1) : 0
                }
            let inside = min(max(position, 0), Double(old - 1))
            let first = Int(inside)
            return (first, min(first + 1, old - 1), Float(inside - Double(first)))
        }
    }
}
