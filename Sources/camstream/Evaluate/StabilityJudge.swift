import Evaluate
import Infer
import Pipeline

/// Whether maps stay when the picture hardly changes.
final class StabilityJudge: MapJudge {
    let metrics = [Metric.sensitivity]
    private let sessions: [MethodSession]
    private let sensitivity: MaximumSensitivity

    /// - Parameter sessions: of all methods, at least one.
    init(_ sessions: [MethodSession], seed: UInt64) {
        var sensitivity = MaximumSensitivity()
        sensitivity.seed = seed
        (self.sessions, self.sensitivity) = (sessions, sensitivity)
    }

    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [MapFigures] {
        let prepared = try sessions[0].explainer.prepare(picture, format)
        let changed = (0..<sensitivity.draws).map { draw in
            PreparedPicture(bytes: sensitivity.changed(prepared.bytes, draw: draw), region: prepared.region)
        }
        var others = [[[Float]]](repeating: [], count: sessions.count)
        // Methods of one session share the passes of a picture.
        for picture in changed {
            for (number, session) in sessions.enumerated() {
                others[number].append(try session.field(ofClass: classID, in: picture).values)
            }
        }
        return try maps.indices.map { number in
            guard number < sessions.count else { return MapFigures() }
            let own = try sessions[number].field(ofClass: classID, in: prepared).values
            return MapFigures([Metric.sensitivity.key: MaximumSensitivity.of(own, others[number])])
        }
    }
}
