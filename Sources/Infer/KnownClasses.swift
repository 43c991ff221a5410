import ONNX
import Pipeline

/// The classes that pictures are asked about: those of the model's own head, or of a head that was taught in its place.
struct KnownClasses {
    let names: ClassNames
    /// What makes probabilities of the scores.
    let activation: CAMHead.Activation
    /// nil: the model's own head.
    let taught: TaughtActivation?

    var count: Int { names.shown.count }

    /// - Parameter names: of all classes of the model.
    init(_ model: CompiledClassifier, _ names: ClassNames) {
        (self.names, activation, taught) = (names, model.scores.activation, nil)
    }

    init(_ taught: TaughtActivation) {
        (names, activation, self.taught) = (ClassNames(asWritten: taught.head.labels), .softmax, taught)
    }
}
