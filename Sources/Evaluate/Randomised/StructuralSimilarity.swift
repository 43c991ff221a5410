import Glibc

/// How alike two maps are in the structure that one sees.
package enum StructuralSimilarity {
    private static let deviation = 1.5
    private static let mostReach = 5
    private static let constants = (0.01 * 0.01, 0.03 * 0.03)

    /// Wang et al. 2004, doi:10.1109/TIP.2003.819861, eq. 13: a Gaussian window of 11 × 11 with deviation 1.5, the mean over
    /// all places whose window lies in the map. In a map of fewer rows or columns the window is smaller.
    ///
    /// - Parameters:
    ///   - one, other: Float `[height, width]`, 0...1.
    /// - Returns: 1 for equal maps.
    package static func mean(_ one: [Float], _ other: [Float], height: Int, width: Int) -> Double {
        precondition(one.count == height * width && other.count == one.count)
        let kernel = kernel(reach: min(mostReach, (min(height, width) - 1) / 2))
        let (a, b) = (one.map(Double.init), other.map(Double.init))
        func smooth(_ values: [Double]) -> [Double] { smoothed(values, height, width, kernel) }
        let (meanA, meanB) = (smooth(a), smooth(b))
        let (squareA, squareB) = (smooth(a.map { $0 * $0 }), smooth(b.map { $0 * $0 }))
        let product = smooth(zip(a, b).map { $0 * $1 })
        var sum = 0.0
        for index in meanA.indices {
            let (m, n) = (meanA[index], meanB[index])
            let (variance, other) = (squareA[index] - m * m, squareB[index] - n * n)
            let covariance = product[index] - m * n
            sum +=
                (2 * m * n + constants.0) * (2 * covariance + constants.1)
                / ((m * m + n * n + constants.0) * (variance + other + constants.1))
        }
        return sum / Double(meanA.count)
    }

    /// Means over the window, at places where it lies in the map.
    private static func smoothed(
        _ values: [Double], _ height: Int, _ width: Int, _ kernel: [Double]
    ) -> [Double] {
        let (rows, columns) = (height - kernel.count + 1, width - kernel.count + 1)
        var strips = [Double](repeating: 0, count: height * columns)
        var result = [Double](repeating: 0, count: rows * columns)
        for (offset, weight) in kernel.enumerated() {
            for row in 0..<height {
                for column in 0..<columns {
                    strips[row * columns + column] += weight * values[row * width + column + offset]
                }
            }
        }
        for (offset, weight) in kernel.enumerated() {
            for index in result.indices { result[index] += weight * strips[index + offset * columns] }
        }
        return result
    }

    private static func kernel(reach: Int) -> [Double] {
        let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        return weights.map { $0 / weights.reduce(0, +) }
    }
}
