import Pipeline

/// How sure figures are: those of the same number of pictures that are drawn from these with replacement, again and again
/// (Efron 1979). All methods get the same draws, so that differences between them are paired.
package struct Bootstrap: Sendable {
    /// Above so many pictures random groups of them are drawn in their place, so that the room does not grow with their number.
    package static let mostGroups = 256

    /// How often each group is drawn, Float `[draws][groups]`.
    private let weights: [[Float]]

    /// - Parameters:
    ///   - groups: how many there are.
    ///   - draws: 0: nothing is known of how sure a figure is.
    package init(groups: Int, draws: Int, seed: UInt64) {
        var random = SplitMix64(seed)
        weights = (0..<draws).map { _ in
            var counts = [Float](repeating: 0, count: groups)
            for _ in 0..<groups { counts[random.place(below: groups)] += 1 }
            return counts
        }
    }

    /// The group of each picture.
    package static func groups(of pictures: Int, seed: UInt64) -> [Int] {
        guard pictures > mostGroups else { return Array(0..<pictures) }
        var random = SplitMix64(seed)
        var groups = [Int](repeating: 0, count: pictures)
        for (place, picture) in random.order(of: pictures).enumerated() { groups[picture] = place % mostGroups }
        return groups
    }

    /// - Parameters:
    ///   - tallies: one method's, of each group.
    ///   - thresholds: as of `Tally.figures`.
    /// - Returns: `[draws][metrics]`.
    package func figures(_ tallies: [Tally], at thresholds: Tally.Thresholds?) -> [[Double]] {
        draws(tallies) { $0.figures(at: thresholds) }
    }

    /// - Parameter read: what is wanted of the pictures of a draw.
    /// - Returns: that of each draw.
    func draws<Result: Sendable>(_ tallies: [Tally], _ read: @Sendable (Tally) -> Result) -> [Result] {
        guard let layout = tallies.first?.layout, !weights.isEmpty else { return [] }
        precondition(tallies.count == weights[0].count)
        return onAllCores(weights.count) { draw in
            var sum = Tally(layout)
            for (tally, weight) in zip(tallies, weights[draw]) where weight > 0 { sum.add(tally, times: weight) }
            return read(sum)
        }
    }
}

/// A figure, and between which bounds it lies with 95 % of all draws.
package struct Estimate: Sendable, Equatable, Codable {
    package let value: Double
    /// nil: nothing was drawn.
    package let low: Double?
    package let high: Double?

    package init(value: Double, low: Double?, high: Double?) { (self.value, self.low, self.high) = (value, low, high) }

    /// - Parameter draws: those that are no number are left out.
    package init(_ value: Double, draws: [Double]) {
        let sorted = draws.filter(\.isFinite).sorted()
        func quantile(_ share: Double) -> Double? {
            guard let last = sorted.indices.last else { return nil }
            let place = share * Double(last)
            let below = Int(place)
            return sorted[below] + (place - Double(below)) * (sorted[min(below + 1, last)] - sorted[below])
        }
        self.init(value: value, low: quantile(0.025), high: quantile(0.975))
    }

    /// Whether it is above or below 0 for sure.
    package var isSure: Bool {
        guard let low, let high else { return false }
        return low > 0 || high < 0
    }
}
