import Engine
import ONNX

/// The backward pass of one forward request: reads that request's residuals where they lie, and gives dy/dA.
///
/// Run the forward request to its end first; then ask as often as classes are wanted. What is given is valid until the
/// next question.
final class BackwardPass {
    private let request: InferRequest
    private let gradient: Gradient
    /// The graph's input.
    private let seed: UnsafeMutableBufferPointer<Float>
    /// Of each target.
    private let results: [UnsafeBufferPointer<Float>]
    /// v and H · v, in a model of order two.
    private let vector: UnsafeMutableBufferPointer<Float>?
    private let product: UnsafeBufferPointer<Float>?
    /// Keeps the memory that the pointers point to.
    private var tensors: [TensorOwner] = []

    /// - Parameter forward: a request of the forward model that goes with it; must outlive this.
    init(_ model: BackwardModel, of forward: borrowing InferRequest) throws(OpenVINOError) {
        gradient = model.gradient
        let request = try InferRequest(model.compiled)
        for (name, _) in model.gradient.residuals {
            try request.setInput(name, to: try forward.outputTensor(name))
        }
        seed = try Self.memory(request, Gradient.seed, &tensors)
        var results: [UnsafeBufferPointer<Float>] = []
        for position in model.gradient.targets.indices {
            results.append(UnsafeBufferPointer(try Self.memory(request, Gradient.result(position), &tensors)))
        }
        self.results = results
        let isSecond = model.gradient.isPiecewiseLinear != nil
        vector = isSecond ? try Self.memory(request, Gradient.vector, &tensors) : nil
        product = isSecond ? UnsafeBufferPointer(try Self.memory(request, Gradient.product, &tensors)) : nil
        self.request = request
        vector?.update(repeating: 0)
    }

    private static func memory(
        _ request: borrowing InferRequest, _ name: String, _ owners: inout [TensorOwner]
    ) throws(OpenVINOError) -> UnsafeMutableBufferPointer<Float> {
        let owner = TensorOwner(try request.outputTensor(name))
        owners.append(owner)
        return try owner.tensor.bytes().bindMemory(to: Float.self)
    }

    /// Gradient of one score with respect to the first target.
    ///
    /// - Parameter classID: position among the scores.
    /// - Returns: dy_c/dA, Float of the target's shape.
    func gradient(ofClass classID: Int) throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        try gradients(ofClass: classID)[0]
    }

    /// Gradient of a weighted sum of scores with respect to the first target.
    ///
    /// - Parameter weights: Float, one for each score.
    /// - Returns: Σ_c weights_c · dy_c/dA, Float of the target's shape.
    func gradient(weights: [Float]) throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        try gradients(weights: weights)[0]
    }

    /// Gradients of one score with respect to each target.
    func gradients(ofClass classID: Int) throws(OpenVINOError) -> [UnsafeBufferPointer<Float>] {
        var weights = [Float](repeating: 0, count: gradient.scores.type.count)
        weights[classID] = 1
        return try gradients(weights: weights)
    }

    /// Gradients of a weighted sum of scores with respect to each target.
    func gradients(weights: [Float]) throws(OpenVINOError) -> [UnsafeBufferPointer<Float>] {
        if let layer = gradient.scoreLayer {
            layer.pullBack(weights, into: seed)
        } else {
            precondition(weights.count == seed.count)
            _ = seed.update(fromContentsOf: weights)
        }
        try request.start()
        try request.wait()
        return results
    }

    /// Gradient G of a weighted sum of scores, and the product of its Hessian H with a vector v. Of order two only.
    ///
    /// - Parameters:
    ///   - weights: Float, one for each score.
    ///   - vector: v, Float of the target's shape.
    /// - Returns: G and H · v, Float of the target's shape.
    func hessianProduct(
        weights: [Float], vector v: UnsafeBufferPointer<Float>
    ) throws(OpenVINOError) -> (gradient: UnsafeBufferPointer<Float>, product: UnsafeBufferPointer<Float>) {
        guard let vector, let product else { preconditionFailure("a model of order one") }
        precondition(v.count == vector.count)
        _ = vector.update(fromContentsOf: v)
        return (try gradients(weights: weights)[0], product)
    }
}

/// A tensor that several may hold.
final class TensorOwner {
    let tensor: TensorMemory

    init(_ tensor: consuming TensorMemory) { self.tensor = tensor }
}
