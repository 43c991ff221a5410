import Evaluate
import Infer
import Pipeline

/// Whether the score depends on what is hot: asks the model about the picture with its hot places changed.
final class ScoreJudge: MapJudge {
    let metrics = Metric.ofDependence
    var series: [Series] { measurement.series }
    private let sessions: [MethodSession]
    private let measurement: DependenceMeasurement

    /// - Parameter sessions: of all methods, at least one.
    init(_ sessions: [MethodSession], seed: UInt64) {
        self.sessions = sessions
        measurement = sessions[0].explainer.measurement(seed: seed)
    }

    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [MapFigures] {
        // All have the same model.
        let first = sessions[0].explainer
        let prepared = try first.prepare(picture, format)
        let found = try measurement(
            first.inputPicture(prepared), maps: maps.map(\.values), classID: classID, first
        ) { number, masked in
            // Baselines know no model that could be asked again.
            guard number < sessions.count else { return nil }
            let changed = first.picture(masked.values, like: prepared)
            return try sessions[number].field(ofClass: classID, in: changed).values
        }
        return found.map { MapFigures($0.byKey, curves: $0.curvesByKey) }
    }
}
