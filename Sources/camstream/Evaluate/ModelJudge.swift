import Evaluate
import Infer
import Pipeline

/// Whether maps depend on what the model has learnt: compares them with those of the model with half of its layers drawn anew.
final class ModelJudge: MapJudge {
    let metrics = [Metric.redrawnRanks, Metric.redrawnSimilarity]
    private let own: [MethodSession]
    private let redrawn: [MethodSession]
    private let titles: [String]
    /// Of each method.
    private var tests: [RandomisationTest]

    /// - Parameters:
    ///   - own: of all methods, with the model as it is.
    ///   - redrawn: the same with weights drawn anew.
    ///   - titles: of the methods.
    init(_ own: [MethodSession], _ redrawn: [MethodSession], titles: [String]) {
        (self.own, self.redrawn, self.titles) = (own, redrawn, titles)
        tests = own.map { _ in RandomisationTest(stages: 1) }
    }

    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [[String: Double]] {
        let prepared = try own[0].explainer.prepare(picture, format)
        return try maps.indices.map { number in
            guard number < own.count else { return [:] }
            let likeness = MapLikeness(
                try own[number].field(ofClass: classID, in: prepared),
                try redrawn[number].field(ofClass: classID, in: prepared))
            tests[number].note(likeness, stage: 0)
            return [
                Metric.redrawnRanks.key: likeness.rankCorrelation,
                Metric.redrawnSimilarity.key: likeness.structuralSimilarity,
            ]
        }
    }

    var conclusions: [String] {
        zip(titles, tests).compactMap { title, test in
            guard let verdict = test.verdict else { return nil }
            return "\(title) \(verdict.rawValue): "
                + (verdict == .fails
                    ? "its maps stay when half of the model's layers are drawn anew"
                    : "its maps become others when half of the model's layers are drawn anew")
        }
    }
}

extension MapLikeness {
    fileprivate init(_ original: HeatField, _ changed: HeatField) {
        self.init(original.values, changed.values, height: original.height, width: original.width)
    }
}
