import Evaluate
import Infer
import Pipeline

/// Whether maps depend on what the model has learnt: compares them with those of the model with layers drawn anew.
final class ModelJudge: MapJudge {
    let metrics = [Metric.redrawnRanks, Metric.redrawnSimilarity]
    let series: [Series]
    private let models: RedrawnSessions

    init(_ models: RedrawnSessions) {
        self.models = models
        series = models.stages.series(models.layers)
    }

    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [MapFigures] {
        let prepared = try models.own[0].explainer.prepare(picture, format)
        func fields(_ sessions: [MethodSession]) throws -> [HeatField] {
            try sessions.map { try $0.field(ofClass: classID, in: prepared) }
        }
        let own = try fields(models.own)
        func likenesses(_ sessions: [MethodSession]) throws -> [MapLikeness] {
            let changed = try fields(sessions)
            return onAllCores(own.count) { MapLikeness(own[$0], changed[$0]) }
        }
        let cascade = try models.cascade.map(likenesses)
        // The head alone is the cascade's first layer.
        let single = try models.single.enumerated().map { stage, sessions in
            try models.stages.counts[stage] == 1 ? cascade[stage] : likenesses(sessions)
        }
        return maps.indices.map { number in
            guard number < own.count else { return MapFigures() }
            return models.stages.figures(cascade: cascade.map { $0[number] }, single: single.map { $0[number] })
        }
    }
}

extension MapLikeness {
    fileprivate init(_ original: HeatField, _ changed: HeatField) {
        self.init(original.values, changed.values, height: original.height, width: original.width)
    }
}
