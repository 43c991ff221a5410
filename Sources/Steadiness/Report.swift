/// What was measured: `camstream steady --out`.
package struct Report: Encodable, Sendable, Equatable {
    package var input: String
    package var model: String
    package var method: String
    /// What the steady maps are measured against: "raw", or a config file.
    package var against: String
    package var rows: [Row] = []
    package var series: [Series] = []

    package init(input: String, model: String, method: String, against: String) {
        (self.input, self.model, self.method, self.against) = (input, model, method, against)
    }

    /// One metric on one clip.
    package struct Row: Encodable, Sendable, Equatable {
        package let clip: String
        package let metric: Metric
        package let unit: String
        /// null: it cannot be told; of a lag: the map never arrives.
        package let raw: Double?
        package let steady: Double?
        package let goal: Goal?

        package init(_ clip: String, _ metric: Metric, raw: Double?, steady: Double?, _ goal: Goal? = nil) {
            (self.clip, self.metric, self.raw, self.steady, self.goal) = (clip, metric, raw, steady, goal)
            unit = metric.unit
        }

        /// steady / raw; nil where it says nothing.
        package var ratio: Double? {
            guard let raw, let steady, raw > 0, metric.hasRatio else { return nil }
            return steady / raw
        }

        /// nil: there is no goal.
        package var isMet: Bool? { goal.map { $0.isMet(raw: raw, steady: steady) } }

        private enum Key: String, CodingKey { case clip, metric, unit, raw, steady, ratio, goal, met }

        package func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(clip, forKey: .clip)
            try fields.encode(metric.rawValue, forKey: .metric)
            try fields.encode(unit, forKey: .unit)
            try fields.encode(raw, forKey: .raw)
            try fields.encode(steady, forKey: .steady)
            try fields.encode(ratio, forKey: .ratio)
            try fields.encode(goal?.text, forKey: .goal)
            try fields.encode(isMet, forKey: .met)
        }
    }

    /// A metric over time.
    package struct Series: Encodable, Sendable, Equatable {
        package let clip: String
        package let metric: String
        /// In seconds, as many as values; null: not known there.
        package let times: [Double]
        package let raw: [Double?]
        package let steady: [Double?]
    }
}

/// What is measured; the names are those of the table.
package enum Metric: String, Sendable, CaseIterable {
    case flicker
    case warpedError = "warped error"
    case change
    case switches = "label switches"
    case objectsBegun = "objects begun"
    case lag
    case cutLag = "lag after cuts"
    case peakInBox = "peak in box"
    case correlation
    /// Those of recordings that shall be the same.
    case agreement
    case labelDelay = "label delay"
    case lookedAt = "looked at"
    case insertion, deletion

    package var unit: String {
        switch self {
        case .flicker, .warpedError, .change, .correlation, .agreement, .insertion, .deletion: ""
        case .switches, .objectsBegun: "/min"
        case .lag: "s"
        case .cutLag, .labelDelay: "frames"
        case .peakInBox, .lookedAt: "%"
        }
    }

    var hasRatio: Bool {
        switch self {
        case .flicker, .warpedError, .change, .switches, .lookedAt, .insertion, .deletion: true
        case .objectsBegun, .lag, .cutLag, .peakInBox, .correlation, .agreement, .labelDelay: false
        }
    }
}

/// What a steady map should reach.
package enum Goal: Sendable, Equatable {
    /// At most this share of raw.
    case share(Double)
    case atMost(Double)
    case atLeast(Double)
    /// Not lower than raw by more than this.
    case notBelow(Double)
    /// Not higher than raw by more than this.
    case notAbove(Double)

    package func isMet(raw: Double?, steady: Double?) -> Bool {
        guard let steady else { return false }
        let slack = 1e-9
        switch self {
        case .atMost(let limit): return steady <= limit + slack
        case .atLeast(let limit): return steady >= limit - slack
        case .share(let share): return raw.map { steady <= $0 * share + slack } ?? false
        case .notBelow(let loss): return raw.map { steady >= $0 - loss - slack } ?? false
        case .notAbove(let gain): return raw.map { steady <= $0 + gain + slack } ?? false
        }
    }

    package var text: String {
        switch self {
        case .share(let share): "<= raw / \(Int((1 / share).rounded()))"
        case .atMost(let limit): "<= \(limit)"
        case .atLeast(let limit): ">= \(limit)"
        case .notBelow(let loss): ">= raw - \(loss)"
        case .notAbove(let gain): "<= raw + \(gain)"
        }
    }
}
