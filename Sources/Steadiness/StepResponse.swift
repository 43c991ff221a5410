package import Pipeline

/// How maps follow a step: the picture changes at once and then stays.
package struct StepResponse: Sendable, Equatable {
    /// How far each map from the step on has moved, from the mean map before it (0) to the settled one (1): the projection
    /// on the way between them, so that noise across the way does not count, and an exponential filter gives
    /// 1 - exp(-t / τ).
    package let progress: [Double]
    /// Length of the way: the root mean square of the difference, 0...1.
    package let size: Double

    /// What remains after one time constant is 1/e.
    package static let arrived = 0.63

    /// - Parameters:
    ///   - maps: of one shape; at least one before the step and one after it.
    ///   - step: the first map of the new picture.
    ///   - window: how many maps before the step, and at the end, stand for the settled ones.
    package init(_ maps: [Heatmap], step: Int, window: Int = 8) {
        precondition(maps.indices.contains(step) && step > 0)
        let before = Self.mean(maps[max(0, step - window)..<step])
        let after = Self.mean(maps[max(step, maps.count - window)...])
        let way = zip(before, after).map { $1 - $0 }
        let length = way.reduce(0) { $0 + $1 * $1 }
        size = (length / Double(max(1, way.count))).squareRoot()
        progress = maps[step...].map { map in
            guard length > 0 else { return 0 }
            var moved = 0.0
            for cell in way.indices { moved += (Double(map.values[cell]) - before[cell]) * way[cell] }
            return moved / length
        }
    }

    /// Maps until 63 % of the way are behind; 0: the first one of the new picture.
    ///
    /// - Parameter least: the way that must have been made at least, as a root mean square. A map that hardly moves at all
    ///   does not arrive.
    /// - Returns: nil: never.
    package func lag(least: Double = 0) -> Int? {
        guard size > 0, size >= least else { return nil }
        return progress.firstIndex { $0 >= Self.arrived }
    }

    private static func mean(_ maps: ArraySlice<Heatmap>) -> [Double] {
        var sum = [Double](repeating: 0, count: maps.first?.values.count ?? 0)
        for map in maps {
            for cell in sum.indices { sum[cell] += Double(map.values[cell]) }
        }
        return sum.map { $0 / Double(maps.count) }
    }
}
