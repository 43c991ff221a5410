import Evaluate
import Infer
import Pipeline

/// The part of `ScoreJudge` that is soon done: insertion and deletion.
final class CurveJudge: MapJudge {
    let metrics = [Metric.insertion, .deletion]
    private let explainer: InputExplainer
    private let measurement: DependenceMeasurement

    init(_ explainer: InputExplainer, seed: UInt64) {
        self.explainer = explainer
        measurement = explainer.measurement(seed: seed)
    }

    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [MapFigures] {
        let prepared = try explainer.prepare(picture, format)
        return try measurement.curves(
            explainer.inputPicture(prepared), maps: maps.map(\.values), classID: classID, explainer
        ).map { MapFigures([Metric.insertion.key: $0.insertion.area, Metric.deletion.key: $0.deletion.area]) }
    }
}
