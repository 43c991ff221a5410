package import Pipeline

/// Whether a map still tells what the classifier sees.
package enum Fidelity {
    /// Pearson's correlation of two maps of one shape, -1...1; 0 where one of them is constant, and so tells nothing.
    package static func correlation(_ one: Heatmap, _ other: Heatmap) -> Double {
        precondition(one.values.count == other.values.count)
        let count = Double(one.values.count)
        let means = (
            one.values.reduce(0) { $0 + Double($1) } / count, other.values.reduce(0) { $0 + Double($1) } / count
        )
        var (product, squares) = (0.0, (0.0, 0.0))
        for (a, b) in zip(one.values, other.values) {
            let (a, b) = (Double(a) - means.0, Double(b) - means.1)
            product += a * b
            squares.0 += a * a
            squares.1 += b * b
        }
        let scale = (squares.0 * squares.1).squareRoot()
        return scale > 1e-12 ? product / scale : 0
    }

    /// The share of pictures whose hottest pixel lies in the object's box, 0...1: the pointing game of Zhang et al. 2016,
    /// "Top-down neural attention by excitation backprop", arXiv:1608.00507, section 4.1. A map without heat misses.
    ///
    /// - Parameter boxes: as many as maps; nil: the picture does not count.
    /// - Returns: nil where no picture counts.
    package static func peakInBox(
        _ maps: [Heatmap], _ boxes: [PixelBox?], pictureWidth: Int, pictureHeight: Int
    ) -> Double? {
        let hits = zip(maps, boxes).compactMap { map, box -> Bool? in
            guard let box else { return nil }
            return map.peak(pictureWidth: pictureWidth, pictureHeight: pictureHeight).map(box.contains) ?? false
        }
        return hits.isEmpty ? nil : Double(hits.count { $0 }) / Double(hits.count)
    }

    /// How often what pictures say changes from one to the next.
    package static func switches(_ classes: [[Int]]) -> Int {
        zip(classes, classes.dropFirst()).count { $0 != $1 }
    }
}
