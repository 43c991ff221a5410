/// What is measured of two maps and some probabilities together.
package enum Composites {
    /// How much the map of the picture times the map is like the map: (1 + Pearson's correlation) / 2; ½ where one of them is
    /// the same everywhere.
    ///
    /// Poppi et al. 2021, arXiv:2104.10252, section 3.
    /// - Parameters:
    ///   - heat: Float `[height, width]`.
    ///   - again: the map of the same class in the picture times `heat`.
    package static func coherency(_ heat: [Float], _ again: [Float]) -> Double {
        precondition(heat.count == again.count && !heat.isEmpty)
        let count = Double(heat.count)
        let means = (
            heat.reduce(0) { $0 + Double($1) } / count, again.reduce(0) { $0 + Double($1) } / count
        )
        var (product, squares, squaresAgain) = (0.0, 0.0, 0.0)
        for (one, other) in zip(heat, again) {
            let (a, b) = (Double(one) - means.0, Double(other) - means.1)
            product += a * b
            squares += a * a
            squaresAgain += b * b
        }
        let scale = (squares * squaresAgain).squareRoot()
        // Rounding of a map that is the same everywhere is no pattern.
        return scale > 1e-12 * count ? (1 + min(1, max(-1, product / scale))) / 2 : 0.5
    }

    /// The share of the picture that is hot: the mean heat. Same paper.
    package static func complexity(_ heat: [Float]) -> Double {
        heat.isEmpty ? 0 : heat.reduce(0) { $0 + Double(abs($1)) } / Double(heat.count)
    }

    /// The harmonic mean of coherency, lack of complexity, and what the probability keeps. Same paper, eq. 4.
    package static func adcc(coherency: Double, complexity: Double, drop: Double) -> Double {
        harmonicMean([coherency, 1 - complexity, 1 - drop])
    }

    /// The same with ROAD in the place of the drop. Domeniconi et al. 2026, arXiv:2605.14641; as pytorch-grad-cam's `ARCC`,
    /// with percentiles 20, 40, 60 and 80.
    package static func arcc(coherency: Double, complexity: Double, road: Double) -> Double {
        harmonicMean([coherency, 1 - complexity, min(1, max(0, 2 * road))])
    }

    /// 0 where one of them is.
    private static func harmonicMean(_ values: [Double]) -> Double {
        guard values.allSatisfy({ $0 > 0 }) else { return 0 }
        return Double(values.count) / values.reduce(0) { $0 + 1 / $1 }
    }
}
