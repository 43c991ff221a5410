import ONNX

/// One class at one layer of one picture: what a method is asked about, and what it may ask for.
struct Subject {
    let classID: Int
    /// Position among the engine's layers; 0 where the method looks at none.
    let layer: Int
    let passes: Passes
    /// The class's map in the frame before; nil: there is none, or the method did not ask for it.
    var previous: [Float]?

    var shape: Layer { passes.classifier.layers[layer] }

    /// - Parameter seed: whose gradient: Float `[classes]`, Σ_c seed_c · y_c is differentiated; nil: the class's score.
    func evidence(needs: MethodNeeds, seed: [Float]? = nil) throws(InferError) -> Evidence {
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let gradients = needs.contains(.gradients) ? try passes.gradients(of: layer, seed: seed ?? oneHot) : none
        return Evidence(
            activations: passes.activations(of: layer), gradients: gradients, channels: shape.channels,
            height: shape.height, width: shape.width, previous: previous)
    }

    /// The seed of the class's own score.
    var oneHot: [Float] {
        var seed = [Float](repeating: 0, count: passes.classifier.classes)
        seed[classID] = 1
        return seed
    }

    /// Scores of variants of the picture or of its layer; all classes that get maps share the passes.
    ///
    /// - Parameters:
    ///   - method: for messages.
    ///   - fill: as in `BatchRunner.run`: a mask Float `[height, width]` of the classifier's input, or the layer as the
    ///     model lays it out.
    func probe(
        _ kind: ProbeKind, _ variants: Int, for method: String,
        fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws(InferError) -> ProbeScores {
        try passes.probe(kind, layer: layer, variants, of: classID, for: method, fill: fill)
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
        try passes.noisyGradients(of: layer, draws, seed: oneHot, for: method, fill: fill, take: take)
    }

    /// dy_c/dx with x the picture.
    func inputGradients(_ kind: GradientKind) throws(InferError) -> InputGradients {
        inputGradients(try passes.gradients(kind, seed: oneHot)[0])
    }

    /// dy_c/dx, x itself (Float `[colours, height, width]`), and what each bias is multiplied with.
    func biasGradients() throws(InferError) -> (gradients: InputGradients, picture: [Float], biases: [BiasTerm]) {
        let found = try passes.gradients(.biases, seed: oneHot)
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
        let (gradients, product) = try passes.hessian(of: layer, seed: oneHot)
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
