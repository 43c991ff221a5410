import Engine
import Infer
import Overlay

/// What pictures are explained with: model, method, layer, and the other settings that an explainer begins with. Two
/// sessions with the same choice do the same.
struct SessionChoice: Sendable, Equatable {
    /// Without what may change within a session.
    let infer: InferConfig

    init(_ values: LiveSettings.Values) {
        var infer = values.infer
        infer.comparesMethods = values.overlay.layout == .compare
        // What a session does not use does not begin another one.
        if infer.comparesMethods {
            infer.methods = infer.comparedMethods
            infer.method = .auto
        } else {
            infer.methods = nil
        }
        let usual = InferConfig()
        (infer.filter, infer.smoothing, infer.scale) = (usual.filter, usual.smoothing, usual.scale)
        // A class may change within a session; several ones of a detector are what it looks for.
        if infer.explainedClass?.contains(",") != true { infer.explainedClass = nil }
        // The pipeline leaves frames out by itself, but for those that are as the last one was.
        if infer.camEvery != .auto { infer.camEvery = 1 }
        infer.inferenceRate = nil
        infer.pace = .live
        self.infer = infer
    }

    var comparesMethods: Bool { infer.comparesMethods }

    /// Whether the model is the same, and all that is read beside it.
    func hasSameModel(as other: SessionChoice) -> Bool {
        (infer.model, infer.card, infer.outputTensor) == (other.infer.model, other.infer.card, other.infer.outputTensor)
    }
}
