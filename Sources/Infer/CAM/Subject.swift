import ONNX
import Pipeline

/// One target at one layer of one picture: what a method is asked about, and what it may ask for.
struct Subject {
    let target: ExplanationTarget
    /// Position among the engine's layers; 0 where the method looks at none.
    let layer: Int
    let passes: Passes
    /// The target's map in the frame before; nil: there is none, or the method did not ask for it.
    var previous: [Float]?

    var shape: Layer { passes.classifier.layers[layer] }

    func evidence(needs: MethodNeeds) throws(InferError) -> Evidence {
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let gradients = needs.contains(.gradients) ? try passes.gradients(of: layer, seed: seed) : none
        return Evidence(
            activations: passes.activations(of: layer), gradients: gradients, channels: shape.channels,
            height: shape.height, width: shape.width, previous: previous)
    }

    /// The same of another target.
    func about(_ target: ExplanationTarget) -> Subject {
        Subject(target: target, layer: layer, passes: passes, previous: previous)
    }

    /// What is differentiated: Float `[classes]`, the target's weight of each score.
    private var seed: [Float] { target.seed(passes.classifier.classes) }

    /// Scores of variants of the picture or of its layer; all targets that get maps share the passes.
    ///
    /// - Parameters:
    ///   - method: for messages.
    ///   - fill: as in `BatchRunner.run`: a mask Float `[height, width]` of the classifier's input, or the layer as the
    ///     model lays it out.
    func probe(
        _ kind: ProbeKind, _ variants: Int, for method: String,
        fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws(InferError) -> ProbeScores {
        try passes.probe(kind, layer: layer, variants, of: target, for: method, fill: fill)
    }

    /// G of noisy pictures.
    ///
    /// - Parameters:
    ///   - method: for messages.
    ///   - fill: gets the picture as the network reads it and writes a draw's noise, as the model's input lies.
    ///   - take: gets G, Float `[channels, height, width]`, in the draws' order.
    func noisyGradients(
        _ draws: Int, for method: String,
        fill: (_ draw: Int, _ picture: UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void,
        take: (UnsafeBufferPointer<Float>) -> Void
    ) throws(InferError) {
        try passes.noisyGradients(of: layer, draws, seed: seed, for: method, fill: fill, take: take)
    }

    /// dy/dx with x the picture.
    func inputGradients(_ kind: GradientKind) throws(InferError) -> InputGradients {
        inputGradients(try passes.gradients(kind, seed: seed)[0])
    }

    /// dy/dx, x itself (Float `[colours, height, width]`), and what each bias is multiplied with.
    func biasGradients() throws(InferError) -> (gradients: InputGradients, picture: [Float], biases: [BiasTerm]) {
        let found = try passes.gradients(.biases, seed: seed)
        let picture = inputGradients(passes.value(of: 0, .biases)).values
        let targets = passes.classifier.gradients[.biases]!.gradient.targets
        let terms = passes.classifier.biases.indices.compactMap { index -> BiasTerm? in
            let shape = targets[index + 1].type.shape
            guard shape.count == 4 else { return nil }
            return BiasTerm(
                bias: passes.classifier.biases[index].bias, gradients: found[index + 1], height: shape[2],
                width: shape[3])
        }
        return (inputGradients(found[0]), picture, terms)
    }

    /// A and G of the sum of logit and log-softmax, and H A, Float `[channels, height, width]`.
    func secondOrder() throws(InferError) -> (evidence: Evidence, product: UnsafeBufferPointer<Float>) {
        let (gradients, product) = try passes.hessian(of: layer, seed: seed)
        let evidence = Evidence(
            activations: passes.activations(of: layer), gradients: gradients, channels: shape.channels,
            height: shape.height, width: shape.width)
        return (evidence, product)
    }

    /// - Parameter values: as the model's input lies.
    private func inputGradients(_ values: UnsafeBufferPointer<Float>) -> InputGradients {
        let classifier = passes.classifier
        return InputGradients(
            colours: classifier.imageInput.channels, height: classifier.input.height, width: classifier.input.width,
            values: values,
            layout: classifier.imageInput.layout)
    }
}

/// A bias of one layer and the gradient at the place where it is added.
struct BiasTerm {
    /// Float `[channels]`.
    let bias: [Float]
    /// Float `[channels, height, width]`.
    let gradients: UnsafeBufferPointer<Float>
    let height: Int
    let width: Int
}
