extension Evaluation {
    /// A figure of two methods on the same pictures.
    package struct Scatter: Sendable, Codable, Equatable {
        package let metric: Metric
        /// Keys of the methods: the best one, and the best of those whose maps are others.
        package let across: String
        package let up: String
        package let points: [Point]

        package struct Point: Sendable, Codable, Equatable {
            package let picture: String
            package let across: Double
            package let up: Double
        }
    }

    /// A method's figures on some pictures; no number where a picture tells nothing.
    struct Figures {
        let method: String
        let rank: Int
        let values: [Double]

        /// Whether these are figures of other maps, and not of maps that nobody could tell from each other.
        fileprivate func differ(from other: Figures) -> Bool {
            zip(values, other.values).contains { abs($0 - $1) > 0.01 }
        }
    }
}

extension Evaluation.Scatter {
    /// - Parameters:
    ///   - pictures: their names.
    ///   - methods: without baselines.
    /// - Returns: nil where there are no two methods to be compared.
    init?(_ metric: Metric, _ pictures: [String], _ methods: [Evaluation.Figures]) {
        let ranked = methods.sorted { $0.rank < $1.rank }
        guard let best = ranked.first, let other = ranked.dropFirst().first(where: { $0.differ(from: best) }) else {
            return nil
        }
        (self.metric, across, up) = (metric, best.method, other.method)
        points = pictures.indices.compactMap { place in
            let (x, y) = (best.values[place], other.values[place])
            return x.isFinite && y.isFinite ? Point(picture: pictures[place], across: x, up: y) : nil
        }
    }
}
