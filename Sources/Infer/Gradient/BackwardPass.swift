import ONNX

/// The backward pass of one forward request: reads that request's residuals where they lie, and gives dy/dA.
///
/// Run the forward request to its end first; then `gradient` as often as classes are asked for.
final class BackwardPass {
    private let request: InferRequest
    private let seed: UnsafeMutableBufferPointer<Float>
    private let result: UnsafeBufferPointer<Float>
    // The tensors keep the memory that the pointers point to.
    private let seedTensor: Tensor
    private let resultTensor: Tensor

    /// - Parameter forward: a request of `model.forward`; must outlive this.
    init(_ model: DifferentiatedModel, of forward: borrowing InferRequest) throws(OpenVINOError) {
        request = try InferRequest(model.backward)
        for (name, _) in model.gradient.residuals {
            try request.setInput(name, to: try forward.outputTensor(name))
        }
        seedTensor = try request.inputTensor(Gradient.seed)
        resultTensor = try request.outputTensor(Gradient.result)
        seed = try seedTensor.bytes().bindMemory(to: Float.self)
        result = try resultTensor.floats()
        seed.update(repeating: 0)
    }

    /// Gradient of one score.
    ///
    /// - Parameter classID: position among the scores.
    /// - Returns: dy_c/dA, Float of the target's shape; valid until the next call.
    func gradient(ofClass classID: Int) throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        seed[classID] = 1
        defer { seed[classID] = 0 }
        return try run()
    }

    /// Gradient of a weighted sum of scores.
    ///
    /// - Parameter weights: Float, one for each score.
    /// - Returns: Σ_c weights_c · dy_c/dA, Float of the target's shape; valid until the next call.
    func gradient(weights: [Float]) throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        precondition(weights.count == seed.count)
        _ = seed.update(fromContentsOf: weights)
        defer { seed.update(repeating: 0) }
        return try run()
    }

    private func run() throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        try request.start()
        try request.wait()
        return result
    }
}
