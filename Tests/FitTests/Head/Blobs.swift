import Pipeline

@testable import Fit

/// Features that are drawn: a cloud for each class, at random places.
struct Blobs {
    var table: FeatureTable
    var examples: [LabelledExample]
    let classes: Int

    /// - Parameters:
    ///   - counts: examples of each class.
    ///   - distance: of the clouds' middles from the middle of all, where a cloud's deviation is 1, in each feature.
    ///   - views: rows an example; those behind the first one are shaken a little.
    ///   - seed: of the examples; the middles are always the same ones.
    init(_ counts: [Int], width: Int, distance: Double, views: Int = 1, seed: UInt64 = 1) {
        var (places, random) = (SplitMix64(99), SplitMix64(seed))
        let middles = counts.map { _ in (0..<width).map { _ in distance * Self.normal(&places) } }
        table = FeatureTable(width: width)
        examples = []
        classes = counts.count
        for (label, count) in counts.enumerated() {
            for _ in 0..<count {
                let row = middles[label].map { $0 + Self.normal(&random) }
                for view in 0..<views {
                    let shaken = row.map { Float(2 + 0.5 * ($0 + (view == 0 ? 0 : 0.3 * Self.normal(&random)))) }
                    table.append(shaken, example: examples.count)
                }
                examples.append(LabelledExample(label: label, group: examples.count))
            }
        }
    }

    /// Nearly normal: the sum of twelve (Irwin and Hall).
    private static func normal(_ random: inout SplitMix64) -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + random.value(in: 0...1) }
    }

    var labels: [Int] { table.examples.map { examples[$0].label } }

    func evaluation(of head: HeadFit) -> Evaluation {
        Evaluation(scores: head.scores(table), labels: labels, classes: classes)
    }
}
