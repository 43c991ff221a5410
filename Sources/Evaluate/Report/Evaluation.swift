/// What an evaluation comes to.
package struct Evaluation: Sendable, Codable {
    /// What one method comes to.
    package struct Method: Sendable, Codable {
        package let method: RunFacts.Method
        /// By the metrics' keys.
        package let figures: [String: Estimate]
        /// Its place among all, 1 is the best.
        package let ranks: [String: Int]
        /// Of figures in which a baseline is better: that baseline's key.
        package let below: [String: String]
        /// Whether its maps become others where the model forgets what it has learnt; nil: nobody measured.
        package let verdict: RandomisationVerdict?
        /// Means at thresholds 0...254 of 255 of the hottest pixel: boxes that are right, and overlaps with masks.
        package let boxCurve: [Double]?
        package let maskCurve: [Double]?
        /// By the keys of the run's series.
        package let curves: [String: Curve]
        /// Those with the highest and the lowest lead figure, the extreme one first.
        package let best: [Extreme]
        package let worst: [Extreme]
    }

    /// Means at the positions of a series, and their bounds.
    package struct Curve: Sendable, Codable, Equatable {
        package let values: [Double]
        /// nil: nothing was drawn.
        package let low: [Double]?
        package let high: [Double]?

        /// - Parameter draws: of each draw, the means.
        init(_ values: [Double], draws: [[Double]]) {
            let estimates = values.indices.map { place in
                Estimate(values[place], draws: draws.compactMap { $0.isEmpty ? nil : $0[place] })
            }
            func all(_ bounds: [Double?]) -> [Double]? {
                bounds.contains(nil) ? nil : bounds.compactMap(\.self)
            }
            self.values = values
            (low, high) = (all(estimates.map(\.low)), all(estimates.map(\.high)))
        }
    }

    /// A picture that a method does well or badly on.
    package struct Extreme: Sendable, Codable, Equatable {
        package let picture: String
        package let label: String
        package let figure: Double
        package let explained: String
        package let probability: Double
    }

    /// How much better one method is than another on the same pictures.
    package struct Difference: Sendable, Codable {
        package let method: String
        package let other: String
        /// The first one's figure less the second one's, by the metrics' keys.
        package let figures: [String: Estimate]
    }

    package let facts: RunFacts
    package let options: Options
    package let summary: Summary
    package let metrics: [Metric]
    /// What best and worst pictures are chosen by; nil: nothing tells.
    package let lead: Metric?
    package let methods: [Method]
    package let differences: [Difference]
    package let scatters: [Scatter]
    package let leftOut: [LeftOut]
    /// Of methods, as far as they were measured. They are another time's and another machine's with each run.
    package var costs: [MapCost] = []

    /// How figures are made of what was found.
    package struct Options: Sendable, Codable, Equatable {
        /// How often pictures are drawn anew.
        package var draws = 1000
        /// Share of the pictures that thresholds are chosen on, and which then count for nothing else; 0: all are used for both, as
        /// the evaluation of weakly supervised localisation does.
        package var tuneShare = 0.0
        /// The one figure that methods are put in an order by; nil: nobody asked for one.
        package var score: Metric?

        package init(draws: Int, tuneShare: Double, score: Metric? = nil) {
            (self.draws, self.tuneShare, self.score) = (draws, tuneShare, score)
        }
    }

    package struct Summary: Sendable, Codable {
        /// Whether all pictures were looked at; not where somebody stopped the run.
        package let isFinished: Bool
        package let judged: Int
        /// Of these, those that thresholds were chosen on.
        package let tuned: Int
        /// Pictures whose most probable class is the label's; nil: nobody knows.
        package let accuracy: Estimate?
        package let date: String
        package let seconds: Double
    }
}
