import COpenVINO
import ONNX

/// A model that is ready to run. Sole owner of its `ov_compiled_model_t`.
final class CompiledModel: @unchecked Sendable {  // safe: the engine's compiled models may be used from any thread
    let handle: OpaquePointer
    /// Inputs that every request reads where these lie; their memory lives as long as this.
    let lent: [LentWeights]
    /// Its place in the cache, which nobody deletes while this lives; set once, by whoever compiles.
    var kept: CompiledCache?
    /// The input for pictures, to be told from the others; nil: there is one input, or all have names that are known.
    let picture: String?

    init(_ handle: OpaquePointer, lent: [LentWeights] = [], picture: String? = nil) {
        (self.handle, self.lent, self.picture) = (handle, lent, picture)
    }

    deinit { ov_compiled_model_free(handle) }

    /// One of the engine's properties, such as "INFERENCE_PRECISION_HINT", as text.
    func property(_ key: String) throws(OpenVINOError) -> String {
        var value: UnsafeMutablePointer<CChar>?
        try OpenVINOError.check(
            ov_compiled_model_get_property(handle, key, &value), "ov_compiled_model_get_property")
        defer { ov_free(value) }
        return value.map { String(cString: $0) } ?? ""
    }

    /// Whether an input has a known size, so that the engine has memory of its own for it.
    func hasFixedInput(_ name: String) throws(OpenVINOError) -> Bool {
        let port = ConstPort(
            try OpenVINOError.make("ov_compiled_model_input_by_name") {
                ov_compiled_model_input_by_name(handle, name, $0)
            })
        return try port.fixedShape() != nil
    }

    /// The shape of an output tensor.
    func outputShape(_ name: String) throws(OpenVINOError) -> [Int] {
        let port = ConstPort(
            try OpenVINOError.make("ov_compiled_model_output_by_name") {
                ov_compiled_model_output_by_name(handle, name, $0)
            })
        return try port.shape()
    }
}
