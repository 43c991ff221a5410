import Engine
import ONNX

/// The classifier with noise on the picture, and its gradients.
struct NoisyModel: Sendable {
    let part: BatchedPart
    let model: DifferentiatedModel
}

/// A noisy picture on its way through the classifier and back.
final class NoisyPass {
    /// As the network reads it, mean and scale applied; as the model's input lies. Valid after the forward pass.
    let picture: UnsafeBufferPointer<Float>
    /// Of the same shape: to be filled before `gradients`.
    let noise: UnsafeMutableBufferPointer<Float>
    private let forward: InferRequest
    private let backward: BackwardPass
    // The tensors keep the memory that the pointers point to.
    private let pictureTensor: TensorMemory
    private let noiseTensor: TensorMemory

    /// - Parameter clean: the picture's own forward pass; must outlive this.
    init(_ model: NoisyModel, of clean: borrowing InferRequest) throws(OpenVINOError) {
        let forward = try InferRequest(model.model.forward)
        let copy = model.part.sides[0]
        pictureTensor = try clean.outputTensor(copy)
        try forward.setInput(copy, to: pictureTensor)
        noiseTensor = try forward.inputTensor(model.part.input.name)
        picture = try pictureTensor.floats()
        noise = try noiseTensor.bytes().bindMemory(to: Float.self)
        backward = try BackwardPass(model.model.backward[0], of: forward)
        self.forward = forward
    }

    /// Σ_c seed_c · dy_c/dA of the noisy picture for each layer, as the model lays it out; valid until the next call.
    func gradients(seed: [Float]) throws(OpenVINOError) -> [UnsafeBufferPointer<Float>] {
        try forward.start()
        try forward.wait()
        return try backward.gradients(weights: seed)
    }
}
