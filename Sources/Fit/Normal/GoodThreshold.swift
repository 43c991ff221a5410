import Foundation
package import ONNX

/// From which distance on a part is anomalous: above what one in 200 good parts has at its worst place.
package struct GoodThreshold: Sendable, Equatable {
    package enum Way: String, Sendable, Encodable {
        /// The 99.5th percentile of what was held out.
        case percentile
        /// As many were not held out: the same percentile of the extreme value distribution that fits them.
        case extremeValues
    }

    package let way: Way
    package let scale: MapScale

    static let share = 0.995
    /// Fewer have no 99.5th percentile.
    static let enough = 200

    /// - Parameters:
    ///   - maxima: of each good picture that was not learnt from, the largest distance.
    ///   - usual: the median of all their places.
    init(maxima: [Float], usual: Float) {
        precondition(!maxima.isEmpty)
        let sorted = maxima.sorted().map { Double($0) }
        let value: Double
        if sorted.count >= Self.enough {
            way = .percentile
            let place = Self.share * Double(sorted.count - 1)
            let lower = Int(place)
            let upper = min(lower + 1, sorted.count - 1)
            value = sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
        } else {
            way = .extremeValues
            value = max(sorted.last ?? 0, Self.extremeValue(sorted))
        }
        // Where all are the same picture, something must lie between.
        let least = usual + max(1e-3, 1e-3 * abs(usual))
        scale = MapScale(low: usual, threshold: max(Float(value), least))
    }

    /// Maxima of many numbers follow Gumbel's distribution, here by its moments: the mean is μ + γ β, the deviation
    /// π β / √6. Gumbel 1958, "Statistics of Extremes".
    private static func extremeValue(_ maxima: [Double]) -> Double {
        let mean = maxima.reduce(0, +) / Double(maxima.count)
        let squares = maxima.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(max(1, maxima.count - 1))).squareRoot()
        let beta = deviation * 6.0.squareRoot() / .pi
        return mean - 0.577_215_664_9 * beta - beta * log(-log(share))
    }
}
