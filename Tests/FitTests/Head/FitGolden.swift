import Foundation
import TestSupport
import Testing

@testable import Fit

/// What scikit-learn and SciPy say: Tests/Fixtures/generate_fit.py makes it.
struct FitGolden: Decodable, Sendable {
    let heads: [Head]
    let temperatures: [Scored]
    let evaluation: Evaluated
    let wilson: [Interval]

    struct Head: Decodable, Sendable, CustomTestStringConvertible {
        let classes: Int
        let width: Int
        let l2: Double
        let balanced: Bool
        /// `[count, width]`.
        let features: [Float]
        let labels: [Int]
        let weights: [Float]
        let bias: [Float]

        var testDescription: String { "\(classes) classes, L2 \(l2)\(balanced ? ", balanced" : "")" }

        var table: FeatureTable {
            var table = FeatureTable(width: width)
            for row in labels.indices { table.append(features[row * width..<(row + 1) * width], example: row) }
            return table
        }

        var examples: [LabelledExample] { labels.enumerated().map { LabelledExample(label: $1, group: $0) } }
    }

    struct Scored: Decodable, Sendable, CustomTestStringConvertible {
        let classes: Int
        let scores: [Float]
        let labels: [Int]
        let temperature: Double
        let logLoss: Double

        var testDescription: String { "\(labels.count) examples of \(classes) classes" }
    }

    struct Evaluated: Decodable, Sendable {
        let classes: Int
        let scores: [Float]
        let labels: [Int]
        let confusion: [Int]
        let accuracy: Double
        let low: Double
        let high: Double
        let balancedAccuracy: Double
        let logLoss: Double
        let calibrationError: Double
        let counts: [Int]
        let precision: [Double?]
        let recall: [Double?]
    }

    struct Interval: Decodable, Sendable, CustomTestStringConvertible {
        let successes: Int
        let count: Int
        let low: Double
        let high: Double

        var testDescription: String { "\(successes) of \(count)" }
    }

    static let shared = Result {
        try JSONDecoder().decode(
            FitGolden.self, from: Data(contentsOf: checkout.appending(path: "Tests/Fixtures/fit.json")))
    }

    /// For the arguments of tests; one that cannot be read fails where `shared.get()` is called.
    static var heads: [Head] { (try? shared.get().heads) ?? [] }
    static var temperatures: [Scored] { (try? shared.get().temperatures) ?? [] }
    static var intervals: [Interval] { (try? shared.get().wilson) ?? [] }
}
