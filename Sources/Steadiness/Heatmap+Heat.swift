package import Pipeline

extension Heatmap {
    /// The heat at a point of the picture as it is drawn (the rule of `MapAxis`); nil beyond what the map covers.
    ///
    /// - Parameter point: x to the right, y down, in pixels.
    package func heat(at point: SIMD2<Double>) -> Float? {
        let x = (point.x - region.x) / region.width
        let y = (point.y - region.y) / region.height
        guard x >= 0, x < 1, y >= 0, y < 1 else { return nil }
        let (left, right, across) = Self.nodes(x, of: width)
        let (top, bottom, down) = Self.nodes(y, of: height)
        let upper = values[top * width + left] * (1 - across) + values[top * width + right] * across
        let lower = values[bottom * width + left] * (1 - across) + values[bottom * width + right] * across
        return upper * (1 - down) + lower * down
    }

    /// Whether it says the same everywhere.
    var isConstant: Bool { values.allSatisfy { $0 == values[0] } }

    private static func nodes(_ place: Double, of count: Int) -> (low: Int, high: Int, fraction: Float) {
        let node = min(max(place * Double(count) - 0.5, 0), Double(count - 1))
        let low = Int(node)
        return (low, min(low + 1, count - 1), Float(node - Double(low)))
    }

    /// A raw map as pytorch-grad-cam shows it: no negative evidence, the lowest value 0, the highest 1
    /// (`scale_cam_image` in its utils/image.py), each frame by itself.
    package static func scaledAlone(_ raw: [Float], like shown: Heatmap) -> Heatmap {
        let evidence = raw.map { max($0, 0) }
        let lowest = evidence.min() ?? 0
        let highest = (evidence.max() ?? 0) - lowest
        var result = shown
        result.values = evidence.map { ($0 - lowest) / (highest + 1e-7) }
        return result
    }
}
