/// How well heads do that are fitted as a whole, L2 and temperature included, without the examples that they are tested
/// on: for sets that are too small to hold a fifth of them out. What it says is of such heads; the one that is kept has learnt
/// from all.
package enum CrossValidation {
    /// - Parameters:
    ///   - features: the first row of an example is the picture as it is, the one that is tested.
    ///   - folds: at least 2; each example is tested once.
    /// - Returns: answers of all examples, ascending, but those of classes that their fold's head could not learn.
    /// - Throws: `HeadError`; `.emptyClass` if nothing can be tested, as each class is a single group.
    package static func answers(
        _ fitter: HeadFitter, _ features: FeatureTable, _ examples: [LabelledExample], folds: Int,
        progress: (Double) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(HeadError) -> [Evaluation.Answer] {
        precondition(folds > 1)
        let parts = GroupedParts.assign(
            examples, shares: [Double](repeating: 1 / Double(folds), count: folds), seed: fitter.options.seed &+ 1)
        var answers: [Evaluation.Answer] = []
        var lost = 0
        for fold in 0..<folds {
            let lesson = (0..<features.count).filter { parts[features.examples[$0]] != fold }
            let known = Set(lesson.map { examples[features.examples[$0]].label })
            if let missing = (0..<fitter.classes).first(where: { !known.contains($0) }) {
                lost = missing
                continue
            }
            var isSeen = Set<Int>()
            let tested = (0..<features.count).filter {
                parts[features.examples[$0]] == fold && isSeen.insert(features.examples[$0]).inserted
            }
            if tested.isEmpty { continue }
            let head = try fitter.fit(
                features.rows(lesson), examples, progress: { progress((Double(fold) + $0) / Double(folds)) },
                isCancelled: isCancelled)
            let names = tested.map { features.examples[$0] }
            answers += Evaluation.answers(
                scores: head.scores(features.rows(tested)), labels: names.map { examples[$0].label },
                classes: fitter.classes, examples: names)
        }
        guard !answers.isEmpty else { throw .emptyClass(label: lost) }
        return answers.sorted { $0.example < $1.example }
    }
}
