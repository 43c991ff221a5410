import ONNX

extension Core {
    /// Types and shapes of all tensors that lead to the scores, and of the inputs, as the engine infers them.
    ///
    /// The weights hardly ever matter for that, and take long to copy where there are many: the engine gets them only
    /// where a shape cannot be had without.
    ///
    /// - Parameter input: how pictures go in; nil: the model's inputs have fixed shapes.
    func types(
        of model: borrowing Model, before scores: String, input: PictureInput?
    ) throws(EngineError) -> [String: TensorType] {
        var probe = copy model
        let tensors = probe.graph.tensors(before: scores)
        do throws(ONNXError) {
            for tensor in tensors { try probe.graph.addOutput(tensor) }
        } catch {
            throw .model(error)
        }
        let asked = tensors + probe.graph.inputs.map(\.name)
        if let types = try? types(probe.serializedWithoutWeights(), input, of: asked), types.count == asked.count {
            return types
        }
        let bytes: [UInt8]
        do throws(ONNXError) {
            bytes = try probe.serialized()
        } catch {
            throw .model(error)
        }
        do throws(OpenVINOError) {
            return try types(bytes, input, of: asked)
        } catch {
            throw .refused(path: probe.file, error)
        }
    }

    private func types(
        _ bytes: [UInt8], _ input: PictureInput?, of tensors: [String]
    ) throws(OpenVINOError) -> [String: TensorType] {
        try bytes.lend { bytes throws(OpenVINOError) in try types(onnx: bytes, input: input, of: tensors) }
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
