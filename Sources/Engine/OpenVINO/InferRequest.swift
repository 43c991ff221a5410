import COpenVINO
import ONNX

/// One inference in flight. Sole owner of its `ov_infer_request_t`.
package struct InferRequest: ~Copyable {
    private let handle: OpaquePointer
    private let model: CompiledModel  // must outlive the request

    package init(_ model: CompiledModel) throws(OpenVINOError) {
        let handle = try OpenVINOError.make("ov_compiled_model_create_infer_request") {
            ov_compiled_model_create_infer_request(model.handle, $0)
        }
        do throws(OpenVINOError) {
            for weights in model.lent { try Self.set(weights.name, to: TensorMemory(of: weights), handle) }
        } catch {
            ov_infer_request_free(handle)
            throw error
        }
        self.handle = handle
        self.model = model
    }

    deinit { ov_infer_request_free(handle) }

    /// The picture's memory, or that of the only input. Same address for the request's whole life; write to it before `start()`.
    package func inputTensor() throws(OpenVINOError) -> TensorMemory {
        if let picture = model.picture { return try inputTensor(picture) }
        return TensorMemory(
            try OpenVINOError.make("ov_infer_request_get_input_tensor") {
                ov_infer_request_get_input_tensor(handle, $0)
            })
    }

    /// An output's memory. Valid to read between `wait()` and the next `start()`.
    package func outputTensor(_ name: String) throws(OpenVINOError) -> TensorMemory {
        TensorMemory(
            try OpenVINOError.make("ov_infer_request_get_tensor") {
                ov_infer_request_get_tensor(handle, name, $0)
            })
    }

    /// An input's memory, by name. Same address for the request's whole life; write to it before `start()`.
    package func inputTensor(_ name: String) throws(OpenVINOError) -> TensorMemory { try outputTensor(name) }

    /// Makes an input read a tensor's memory, such as another request's output: nothing is copied.
    package func setInput(_ name: String, to tensor: borrowing TensorMemory) throws(OpenVINOError) {
        try Self.set(name, to: tensor, handle)
    }

    private static func set(
        _ name: String, to tensor: borrowing TensorMemory, _ handle: OpaquePointer
    ) throws(OpenVINOError) {
        try OpenVINOError.check(
            ov_infer_request_set_tensor(handle, name, tensor.handle), "ov_infer_request_set_tensor")
    }

    package func start() throws(OpenVINOError) {
        try OpenVINOError.check(ov_infer_request_start_async(handle), "ov_infer_request_start_async")
    }

    package func wait() throws(OpenVINOError) {
        try OpenVINOError.check(ov_infer_request_wait(handle), "ov_infer_request_wait")
    }

    /// Gives up what was started; `wait()` fails then. May be called from any thread.
    package func cancel() { ov_infer_request_cancel(handle) }
}
