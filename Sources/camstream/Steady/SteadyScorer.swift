import Detect
import Infer
import Pipeline
import Steadiness
import Tracking

/// Insertion and deletion scores of maps, by the model itself.
final class SteadyScorer {
    private let explainer: any PictureExplainer
    private let perturbation: Perturbation
    private var sums: [(insertion: Double, deletion: Double)] = [(0, 0), (0, 0)]
    private var count = 0

    /// Boxes with a lower score count as none.
    private static let leastScore = 0.01

    init(_ config: InferConfig, format: VideoFormat, _ models: SharedModels) throws {
        var config = config
        // Only probabilities count.
        (config.layers, config.smoothing, config.camEvery) = ([], 0, 1)
        (config.detect.heat, config.detect.track, config.detect.minScore) = (.dwell, .off, Self.leastScore)
        if try config.detector != nil || !models.read(config).findsBoxes { config.method = .cheapest }
        explainer = try Explainers.open(config, format: format, mapCount: 1, shared: models).explainer
        perturbation = try Perturbation(format)
    }

    /// Measures how the score of the first look's first thing depends on both maps of it. Where one of the looks has none, the
    /// picture does not count.
    func add(raw: Look, steady: Look, _ picture: borrowing Frame) throws {
        guard let one = raw.things.first, let two = steady.same(as: one) else { return }
        if !explainer.findsObjects { explainer.settings.explainedClass = one.prediction.classID }
        for (number, map) in [one.heatmap, two.heatmap].enumerated() {
            let areas = try perturbation.areas(of: map, picture) { changed in
                explainer.forget()
                try explainer.submit(try changed.reference())
                return Double(Self.score(of: one, in: try explainer.next()!.observations))
            }
            sums[number].insertion += areas.insertion
            sums[number].deletion += areas.deletion
        }
        count += 1
    }

    /// The score of a thing in a picture that was changed: of a class its probability; of a box the best of the scores of boxes of
    /// its class, each by its overlap with it (Petsiuk et al. 2021, "Black-box explanation of object detectors via saliency maps",
    /// arXiv:2006.03204, section 3.2, with the class's score in place of the vectors' similarity).
    private static func score(of thing: Observation, in seen: [Observation]) -> Float {
        guard let box = thing.box.map(Region.init) else { return seen[0].prediction.probability }
        return seen.reduce(0) { best, other in
            guard other.prediction.classID == thing.prediction.classID, let place = other.box else { return best }
            return max(best, other.prediction.probability * Float(Region(place).overlap(with: box)))
        }
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
