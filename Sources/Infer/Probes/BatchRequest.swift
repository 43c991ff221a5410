import Engine
import ONNX

/// A batch of variants of a picture on its way through a part of the classifier. Addresses stay the same for its life.
final class BatchRequest: @unchecked Sendable {  // safe: one thread runs it; `cancel` alone is for any thread
    /// Float, the part's input: one variant after the other.
    let input: UnsafeMutableBufferPointer<Float>
    /// Float `[batch, classes]`, after `wait()`.
    let scores: UnsafeBufferPointer<Float>
    private let request: InferRequest
    // The tensors keep the memory that the pointers point to.
    private let inputTensor: TensorMemory
    private let scoresTensor: TensorMemory

    init(_ part: BatchedPart, _ compiled: CompiledModel) throws(OpenVINOError) {
        request = try InferRequest(compiled)
        inputTensor = try request.inputTensor(part.input.name)
        scoresTensor = try request.outputTensor(part.scores)
        input = try inputTensor.bytes().bindMemory(to: Float.self)
        scores = try scoresTensor.floats()
    }

    /// Makes a side input read a tensor where it lies.
    func setSide(_ name: String, to tensor: borrowing TensorMemory) throws(OpenVINOError) {
        try request.setInput(name, to: tensor)
    }

    /// The memory of a side input of its own.
    func side(_ name: String) throws(OpenVINOError) -> TensorMemory { try request.inputTensor(name) }

    func start() throws(OpenVINOError) { try request.start() }
    func wait() throws(OpenVINOError) { try request.wait() }
    func cancel() { request.cancel() }
}
