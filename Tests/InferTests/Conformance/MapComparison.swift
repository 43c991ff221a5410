/// How far two maps are apart.
enum MapComparison {
    /// The greatest difference, as a share of the expected numbers' range; of two constant maps, of their size.
    static func error(_ found: [Float], _ expected: [Float]) -> Float {
        guard found.count == expected.count, let low = expected.min(), let high = expected.max() else {
            return .infinity
        }
        let range = high > low ? high - low : max(abs(high), 1)
        return zip(found, expected).map { abs($0 - $1) }.max()! / range
    }

    /// Pearson's; nil where either map is constant.
    static func correlation(_ a: [Float], _ b: [Float]) -> Double? {
        let (x, y) = (centred(a), centred(b))
        let (xx, yy) = (dot(x, x), dot(y, y))
        return xx > 0 && yy > 0 ? dot(x, y) / (xx * yy).squareRoot() : nil
    }

    /// As pytorch-grad-cam and torch-cam show a map: rectified, then from its least value, 0, to its greatest, 1.
    static func shown(_ map: [Float]) -> [Float] {
        let rectified = map.map { max(0, $0) }
        guard let low = rectified.min(), let high = rectified.max(), high > low else {
            return [Float](repeating: 0, count: map.count)
        }
        return rectified.map { ($0 - low) / (high - low) }
    }

    /// The map, or its negative where that resembles the other more: a principal component's sign is free.
    static func turned(_ map: [Float], like other: [Float]) -> [Float] {
        (correlation(map, other) ?? 1) < 0 ? map.map { -$0 } : map
    }

    /// Between pixel centres (half-pixel), as cv2.INTER_LINEAR; `[height, width]` to `[newHeight, newWidth]`.
    static func enlarged(_ map: [Float], _ height: Int, _ width: Int, to newHeight: Int, _ newWidth: Int) -> [Float] {
        func place(_ index: Int, _ size: Int, _ newSize: Int) -> (Int, Int, Float) {
            let at = min(max((Float(index) + 0.5) * Float(size) / Float(newSize) - 0.5, 0), Float(size - 1))
            let low = min(Int(at), size - 1)
            return (low, min(low + 1, size - 1), at - Float(low))
        }
        return (0..<newHeight).flatMap { row in
            let (top, bottom, down) = place(row, height, newHeight)
            return (0..<newWidth).map { column in
                let (left, right, across) = place(column, width, newWidth)
                func mixed(_ row: Int) -> Float {
                    map[row * width + left] * (1 - across) + map[row * width + right] * across
                }
                return mixed(top) * (1 - down) + mixed(bottom) * down
            }
        }
    }

    private static func centred(_ values: [Float]) -> [Double] {
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        return values.map { Double($0) - mean }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
