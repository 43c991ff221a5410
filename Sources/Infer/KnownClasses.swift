import ONNX
import Pipeline

/// The classes that pictures are asked about: those of the model's own head, or of a head that was taught in its place.
struct KnownClasses {
    let names: ClassNames
    /// Numbers of those that stand for nothing of the others.
    let negatives: Set<Int>
    /// What makes probabilities of the scores.
    let activation: CAMHead.Activation
    /// nil: the model's own head.
    let taught: TaughtActivation?

    var count: Int { names.shown.count }

    init(_ model: ReadyClassifier) {
        (names, negatives) = (model.names, model.negatives)
        (activation, taught) = (model.compiled.scores.activation, nil)
    }

    init(_ taught: TaughtActivation) {
        let labels = taught.head.labels
        names = ClassNames(asWritten: labels)
        negatives = NegativeClass.numbers(among: labels)
        (activation, self.taught) = (.softmax, taught)
    }
}
