package import Foundation
import Pipeline

extension FitReport {
    /// What the numerics found, with names.
    package struct Findings {
        /// Of the classes; those of `negatives` stand for everything else.
        package var classes: [String]
        package var negatives: Set<Int> = []
        /// All examples: what they are and what they are called (file, time in a clip).
        package var examples: [LabelledExample]
        package var names: [String]
        /// Examples that the model has learnt from.
        package var training: [Int]
        package var head: HeadFit
        /// Nil: nothing was tested. `Answer.example` counts `examples`.
        package var evaluation: Evaluation?
        package var testKind = Test.Kind.heldOut
        package var lookAlikes: LookAlikes?
        /// Rows count `examples`.
        package var nearDuplicates: NearDuplicates?
        package var threshold = NearDuplicates.usualThreshold
        /// Pictures of errors, by example: JPEG.
        package var pictures: [Int: Data] = [:]
        package var skipped: [Skipped] = []
        package var seconds: Double?

        package init(
            classes: [String], examples: [LabelledExample], names: [String], training: [Int], head: HeadFit,
            evaluation: Evaluation?
        ) {
            precondition(examples.count == names.count && head.classes == classes.count)
            (self.classes, self.examples, self.names) = (classes, examples, names)
            (self.training, self.head, self.evaluation) = (training, head, evaluation)
        }
    }

    /// Errors that are listed; pictures are drawn of those.
    package static let mistakes = 24
    /// Pairs of near-duplicates that are listed.
    private static let pairs = 40

    package init(program: String, date: String, model: Model, data: DataFacts, _ findings: Findings) {
        (self.program, self.date, self.model, self.data) = (program, date, model, data)
        let head = findings.head
        fit = Fit(
            l2: head.l2, temperature: head.temperature, folds: head.folds, balancesClasses: head.balancesClasses,
            trials: head.trials, seconds: findings.seconds)
        test = findings.evaluation.map { Test($0, findings.testKind) }
        classes = Self.classes(findings)
        errors = (findings.evaluation?.errors ?? []).prefix(Self.mistakes).map { answer in
            Mistake(
                example: findings.names[answer.example], label: findings.classes[answer.label],
                predicted: findings.classes[answer.predicted], probability: answer.probability,
                trueProbability: answer.trueProbability, picture: findings.pictures[answer.example])
        }
        lookAlikes = (findings.lookAlikes?.pairs ?? []).map { pair in
            LookAlike(
                first: findings.classes[pair.first], second: findings.classes[pair.second],
                firstAsSecond: pair.firstAsSecond, secondAsFirst: pair.secondAsFirst, cosine: pair.cosine)
        }
        nearDuplicates = Self.nearDuplicates(findings)
        skipped = findings.skipped
        remarks = []
        remarks = FitRemarks(self).sentences
    }

    /// In one line behind another, for programs and for diffs.
    ///
    /// - Throws: `EncodingError`.
    package func json() throws -> Data { try JSONText.pretty.bytes(self) }

    private static func classes(_ findings: Findings) -> [ClassFacts] {
        var learnt = [Int](repeating: 0, count: findings.classes.count)
        for example in findings.training { learnt[findings.examples[example].label] += 1 }
        return findings.classes.enumerated().map { label, name in
            let facts = findings.evaluation?.ofClasses[label]
            return ClassFacts(
                name: name, isNegative: findings.negatives.contains(label), learnt: learnt[label],
                tested: facts?.count ?? 0, precision: facts?.precision, recall: facts?.recall,
                recallInterval: facts?.recallInterval)
        }
    }

    private static func nearDuplicates(_ findings: Findings) -> NearDuplicatesFacts {
        let (examples, found) = (findings.examples, findings.nearDuplicates)
        let training = Set(findings.training)
        let tested = Set(findings.evaluation?.answers.map(\.example) ?? []).subtracting(training)
        let pairs = (found?.pairs ?? []).map { pair in
            let sides = (training.contains(pair.first), training.contains(pair.second))
            return (
                pair: pair, isBetweenClasses: examples[pair.first].label != examples[pair.second].label,
                isAcrossSplit: sides.0 && tested.contains(pair.second) || sides.1 && tested.contains(pair.first)
            )
        }
        // Those that do harm first; the closest first is how they come.
        let ordered =
            pairs.filter(\.isBetweenClasses) + pairs.filter { !$0.isBetweenClasses && $0.isAcrossSplit }
            + pairs.filter { !$0.isBetweenClasses && !$0.isAcrossSplit }
        return NearDuplicatesFacts(
            pairs: ordered.prefix(Self.pairs).map { item in
                NearDuplicatesFacts.Pair(
                    first: findings.names[item.pair.first], second: findings.names[item.pair.second],
                    firstLabel: findings.classes[examples[item.pair.first].label],
                    secondLabel: findings.classes[examples[item.pair.second].label],
                    cosine: Double(item.pair.cosine), isAcrossSplit: item.isAcrossSplit)
            },
            count: found?.pairCount ?? 0, betweenClasses: pairs.count { $0.isBetweenClasses },
            acrossSplit: pairs.count { $0.isAcrossSplit }, threshold: Double(findings.threshold))
    }
}

extension FitReport.Test {
    fileprivate init(_ evaluation: Evaluation, _ kind: Kind) {
        let classes = evaluation.classes
        self.init(
            kind: kind, count: evaluation.answers.count, right: evaluation.right, accuracy: evaluation.accuracy,
            accuracyInterval: evaluation.accuracyInterval, classMeanAccuracy: evaluation.classMeanAccuracy,
            logLoss: evaluation.logLoss, calibration: evaluation.calibration,
            confusion: (0..<classes).map { Array(evaluation.confusion[$0 * classes..<($0 + 1) * classes]) })
    }
}
