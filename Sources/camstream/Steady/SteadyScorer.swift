import Infer
import Pipeline
import Steadiness
import Tracking

/// Insertion and deletion scores of maps, by the classifier itself.
final class SteadyScorer {
    private let explainer: Explainer
    private let perturbation: Perturbation
    private var sums: [(insertion: Double, deletion: Double)] = [(0, 0), (0, 0)]
    private var count = 0

    init(_ config: InferConfig, format: VideoFormat, _ models: SharedModels) throws {
        var config = config
        // Only the probability counts.
        (config.method, config.layers, config.smoothing, config.camEvery) = (.cheapest, [], 0, 1)
        explainer = try Explainer(config, format: format, mapCount: 1, shared: models)
        perturbation = try Perturbation(format)
    }

    /// - Parameters:
    ///   - picture: that both maps are of.
    ///   - classID: whose score counts.
    func add(raw: Heatmap, steady: Heatmap, _ picture: borrowing Frame, classID: Int) throws {
        explainer.settings.explainedClass = classID
        for (number, map) in [raw, steady].enumerated() {
            let areas = try perturbation.areas(of: map, picture) { changed in
                explainer.forget()
                try explainer.submit(try changed.reference())
                return Double(try explainer.next()!.observations[0].prediction.probability)
            }
            sums[number].insertion += areas.insertion
            sums[number].deletion += areas.deletion
        }
        count += 1
    }

    /// Means over the pictures; none if there was none.
    func rows(clip: String) -> [Report.Row] {
        guard count > 0 else { return [] }
        let means = sums.map { ($0.insertion / Double(count), $0.deletion / Double(count)) }
        let goals = Measurement.goals
        return [
            Report.Row(clip, .insertion, raw: means[0].0, steady: means[1].0, goals.insertion),
            Report.Row(clip, .deletion, raw: means[0].1, steady: means[1].1, goals.deletion),
        ]
    }
}
