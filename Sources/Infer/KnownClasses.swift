import ONNX
import Pipeline
import Tracking

/// The classes that pictures are asked about: those of the model's own head, or of a head that was taught in its place.
struct KnownClasses {
    let names: ClassNames
    /// Numbers of those that stand for nothing of the others.
    let negatives: Set<Int>
    /// What makes probabilities of the scores.
    let activation: CAMHead.Activation
    /// What the numbers are.
    let reading: ScoreReading
    /// nil: the model's own head.
    let taught: TaughtActivation?

    var count: Int { names.shown.count }

    init(_ model: ReadyClassifier) {
        (names, negatives) = (model.names, model.negatives)
        (activation, taught) = (model.compiled.scores.activation, nil)
        reading = model.compiled.maps?.reading ?? .probability
    }

    init(_ taught: TaughtActivation) {
        let labels = taught.head.labels
        names = ClassNames(asWritten: labels)
        negatives = NegativeClass.numbers(among: labels)
        (activation, self.taught, reading) = (.softmax, taught, .probability)
    }

    /// Where the classes of an earlier taught head stand among these; nil: scores and maps of the two are of different kinds.
    func renumbering(of former: KnownClasses) -> Renumbering? {
        guard let head = taught?.head, let old = former.taught?.head else { return nil }
        // Nothing differs but names.
        if head.weights == old.weights, head.bias == old.bias { return Renumbering(renaming: count) }
        return Renumbering(from: old.labels, to: head.labels)
    }
}
