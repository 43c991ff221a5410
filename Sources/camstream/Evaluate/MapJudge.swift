import Evaluate
import Pipeline

/// Figures of maps that are found by asking the model. It is asked once for each picture, with the maps of all methods, so that what
/// they have in common is done once.
protocol MapJudge: AnyObject {
    /// What it tells of each map.
    var metrics: [Metric] { get }
    /// The curves that it tells of each map.
    var series: [Series] { get }

    /// - Parameters:
    ///   - maps: of what the model's input shows, in its size: those of all methods in the order of `EvaluatedMethods.facts`, then
    ///     those of the baselines.
    ///   - classID: that is explained.
    /// - Returns: of each map; what is not known of one is missing.
    func figures(
        of maps: [HeatField], classID: Int, in picture: borrowing Frame, _ format: VideoFormat
    ) throws -> [MapFigures]
}

extension MapJudge {
    var series: [Series] { [] }
}
