import ONNX

extension Core {
    /// Types and shapes of all tensors that lead to the scores, and of the inputs, as the engine infers them.
    ///
    /// - Parameter input: how pictures go in; nil: the model's inputs have fixed shapes.
    func types(
        of model: borrowing Model, before scores: String, input: PictureInput?
    ) throws(InferError) -> [String: TensorType] {
        var probe = copy model
        let tensors = probe.graph.tensors(before: scores)
        let bytes: [UInt8]
        do throws(ONNXError) {
            for tensor in tensors { try probe.graph.addOutput(tensor) }
            bytes = try probe.serialized()
        } catch {
            throw .model(error)
        }
        let asked = tensors + probe.graph.inputs.map(\.name)
        do throws(OpenVINOError) {
            return try bytes.lend { bytes throws(OpenVINOError) in
                try types(onnx: bytes, input: input, of: asked)
            }
        } catch {
            throw .engine(path: probe.file, error)
        }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` loses the typed error.
    func lend<Value>(
        _ body: (UnsafeRawBufferPointer) throws(OpenVINOError) -> Value
    ) throws(OpenVINOError) -> Value {
        let result = withUnsafeBytes { bytes in
            Result<Value, OpenVINOError> { () throws(OpenVINOError) in try body(bytes) }
        }
        return try result.get()
    }
}
