import ONNX

/// One class at one layer of one picture: what a method is asked about, and what it may ask for.
struct Subject {
    let classID: Int
    /// Position among the engine's layers.
    let layer: Int
    let passes: Passes
    /// The class's map in the frame before; nil: there is none, or the method did not ask for it.
    var previous: [Float]?

    var shape: Layer { passes.engine.layers[layer] }

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
        var seed = [Float](repeating: 0, count: passes.engine.classes)
        seed[classID] = 1
        return seed
    }
}
