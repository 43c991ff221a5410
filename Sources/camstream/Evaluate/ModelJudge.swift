import Evaluate
import Infer
import Pipeline

/// Whether maps depend on what the model has learnt: compares them with those of the model with half of its layers drawn anew.
final class ModelJudge: MapJudge {
    let metrics = [Metric.redrawnRanks, Metric.redrawnSimilarity]
    private let own: [MethodSession]
    private let redrawn: [MethodSession]

    /// - Parameters:
    ///   - own: of all methods, with the model as it is.
    ///   - redrawn: the same with weights drawn anew.
    init(_ own: [MethodSession], _ redrawn: [MethodSession]) { (self.own, self.redrawn) = (own, redrawn) }

    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [MapFigures] {
        let prepared = try own[0].explainer.prepare(picture, format)
        return try maps.indices.map { number in
            guard number < own.count else { return MapFigures() }
            let likeness = MapLikeness(
                try own[number].field(ofClass: classID, in: prepared),
                try redrawn[number].field(ofClass: classID, in: prepared))
            return MapFigures([
                Metric.redrawnRanks.key: likeness.rankCorrelation,
                Metric.redrawnSimilarity.key: likeness.structuralSimilarity,
            ])
        }
    }
}

extension MapLikeness {
    fileprivate init(_ original: HeatField, _ changed: HeatField) {
        self.init(original.values, changed.values, height: original.height, width: original.width)
    }
}
