import Foundation

/// How well a head does on examples that it did not learn from.
package struct Evaluation: Sendable, Equatable {
    /// What was said of an example.
    package struct Answer: Sendable, Equatable {
        /// Position among what was evaluated.
        package let example: Int
        package let label: Int
        package let predicted: Int
        /// Of the class that was predicted, and of the true one.
        package let probability: Double
        package let trueProbability: Double
        package var isRight: Bool { label == predicted }
    }

    package struct OfClass: Sendable, Equatable {
        package let count: Int
        /// Of what was called so, the share that was; nil if nothing was.
        package let precision: Double?
        /// Of what was so, the share that was called so, and where it lies; nil if there was nothing.
        package let recall: Double?
        package let recallInterval: WilsonInterval?
    }

    package let classes: Int
    package let answers: [Answer]
    /// Answers by true class and predicted class: `[classes, classes]`, row-major.
    package let confusion: [Int]
    package let right: Int
    package let accuracy: Double
    /// 95 %.
    package let accuracyInterval: WilsonInterval
    /// Mean recall of the classes that have examples.
    package let classMeanAccuracy: Double
    /// Mean, natural logarithm.
    package let logLoss: Double
    package let calibration: Calibration
    package let ofClasses: [OfClass]

    /// - Parameters:
    ///   - scores: before softmax, `[count, classes]`, row-major.
    ///   - labels: `[count]`, at least one.
    package init(scores: [Float], labels: [Int], classes: Int) {
        self.init(
            Self.answers(scores: scores, labels: labels, classes: classes), classes: classes)
    }

    /// Answers of several heads, such as those of the folds of a cross-validation.
    package init(_ answers: [Answer], classes: Int) {
        precondition(!answers.isEmpty)
        self.classes = classes
        self.answers = answers
        var confusion = [Int](repeating: 0, count: classes * classes)
        for answer in answers { confusion[answer.label * classes + answer.predicted] += 1 }
        self.confusion = confusion
        let right = answers.count { $0.isRight }
        self.right = right
        accuracy = Double(right) / Double(answers.count)
        accuracyInterval = WilsonInterval(right, of: answers.count)
        ofClasses = (0..<classes).map { label in
            let hits = confusion[label * classes + label]
            let count = (0..<classes).reduce(0) { $0 + confusion[label * classes + $1] }
            let called = (0..<classes).reduce(0) { $0 + confusion[$1 * classes + label] }
            return OfClass(
                count: count, precision: called > 0 ? Double(hits) / Double(called) : nil,
                recall: count > 0 ? Double(hits) / Double(count) : nil,
                recallInterval: count > 0 ? WilsonInterval(hits, of: count) : nil)
        }
        let recalls = ofClasses.compactMap(\.recall)
        classMeanAccuracy = recalls.reduce(0, +) / Double(recalls.count)
        // A probability of 0 is one that 64 bits cannot hold.
        let losses = answers.map { -log(max($0.trueProbability, .leastNormalMagnitude)) }
        logLoss = losses.reduce(0, +) / Double(losses.count)
        calibration = Calibration(answers.map { ($0.probability, $0.isRight) })
    }

    /// Wrong answers, those first that were surest of what is wrong.
    package var errors: [Answer] {
        answers.filter { !$0.isRight }.sorted {
            ($1.probability, $0.trueProbability, $0.example) < ($0.probability, $1.trueProbability, $1.example)
        }
    }

    /// - Parameter examples: positions of what was evaluated; nil: 0, 1, ...
    package static func answers(scores: [Float], labels: [Int], classes: Int, examples: [Int]? = nil) -> [Answer] {
        precondition(scores.count == labels.count * classes)
        return labels.enumerated().map { row, label in
            let own = scores[row * classes..<(row + 1) * classes].map { Double($0) }
            let highest = own.max()!
            let powers = own.map { exp($0 - highest) }
            let sum = powers.reduce(0, +)
            let predicted = own.firstIndex(of: highest)!
            return Answer(
                example: examples?[row] ?? row, label: label, predicted: predicted,
                probability: powers[predicted] / sum,
                trueProbability: powers[label] / sum)
        }
    }
}
