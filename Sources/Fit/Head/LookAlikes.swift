/// Pairs of classes that are hard to tell apart: by what was taken for the other, and by how close their features are.
package struct LookAlikes: Sendable, Equatable {
    package struct Pair: Sendable, Equatable {
        /// Classes, the smaller one first.
        package let first: Int
        package let second: Int
        /// Examples of the first that were taken for the second, and the other way round.
        package let firstAsSecond: Int
        package let secondAsFirst: Int
        /// Of the classes' mean features, less the mean of all classes.
        package let cosine: Double
    }

    /// Those that were confused, most often first, then those that only look alike, the closest first.
    package let pairs: [Pair]

    /// From which on means of classes that nobody confused are told.
    private static let telling = 0.6

    /// - Parameters:
    ///   - features: of what was learnt from.
    ///   - maximum: pairs that are kept.
    package init(
        _ evaluation: Evaluation?, _ features: FeatureTable, _ examples: [LabelledExample], classes: Int,
        maximum: Int = 20
    ) {
        let means = Self.means(features, examples, classes: classes)
        var pairs: [Pair] = []
        for first in 0..<classes {
            for second in first + 1..<max(classes, first + 1) {
                let pair = Pair(
                    first: first, second: second,
                    firstAsSecond: evaluation?.confusion[first * classes + second] ?? 0,
                    secondAsFirst: evaluation?.confusion[second * classes + first] ?? 0,
                    cosine: Self.cosine(means[first], means[second]))
                if pair.firstAsSecond + pair.secondAsFirst > 0 || pair.cosine >= Self.telling { pairs.append(pair) }
            }
        }
        self.pairs = Array(
            pairs.sorted {
                let (left, right) = ($0.firstAsSecond + $0.secondAsFirst, $1.firstAsSecond + $1.secondAsFirst)
                return (right, $1.cosine, $0.first, $0.second) < (left, $0.cosine, $1.first, $1.second)
            }.prefix(maximum))
    }

    /// Mean of each class's rows, less the mean of these means; nil where there are no rows.
    private static func means(_ features: FeatureTable, _ examples: [LabelledExample], classes: Int) -> [[Double]?] {
        let width = features.width
        var sums = [Double](repeating: 0, count: classes * width)
        var counts = [Int](repeating: 0, count: classes)
        features.values.withUnsafeBufferPointer { values in
            for row in 0..<features.count {
                let label = examples[features.examples[row]].label
                counts[label] += 1
                for column in 0..<width { sums[label * width + column] += Double(values[row * width + column]) }
            }
        }
        let known = (0..<classes).filter { counts[$0] > 0 }
        for label in known {
            for column in 0..<width { sums[label * width + column] /= Double(counts[label]) }
        }
        let middle = (0..<width).map { column -> Double in
            let sum = known.reduce(0.0) { $0 + sums[$1 * width + column] }
            return sum / Double(max(1, known.count))
        }
        return (0..<classes).map { label -> [Double]? in
            guard counts[label] > 0 else { return nil }
            return middle.enumerated().map { sums[label * width + $0] - $1 }
        }
    }

    private static func cosine(_ one: [Double]?, _ other: [Double]?) -> Double {
        guard let one, let other else { return 0 }
        func product(_ one: [Double], _ other: [Double]) -> Double { zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
        let lengths = (product(one, one) * product(other, other)).squareRoot()
        return lengths > 0 ? product(one, other) / lengths : 0
    }
}
