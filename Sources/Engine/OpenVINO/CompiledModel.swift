import COpenVINO
package import ONNX

/// A graph that is ready to run, in as many requests as are wanted. Sole owner of its `ov_compiled_model_t`.
package final class CompiledModel: @unchecked Sendable {  // safe: the engine may use it from any thread
    let handle: OpaquePointer
    /// Inputs that every request reads where these lie; their memory lives as long as this.
    package let lent: [LentWeights]
    /// Its place in the cache, which nobody deletes while this lives; set once, by whoever compiles.
    var kept: CompiledCache?
    /// The input for pictures, to be told from the others; nil: there is one input, or all have names that are known.
    let picture: String?

    init(_ handle: OpaquePointer, lent: [LentWeights] = [], picture: String? = nil) {
        (self.handle, self.lent, self.picture) = (handle, lent, picture)
    }

    deinit { ov_compiled_model_free(handle) }

    /// What it computes floats in, in the engine's words.
    ///
    /// - Parameter asked: what holds where devices are combined, which do not tell.
    package func precision(asked: String) -> String { (try? property("INFERENCE_PRECISION_HINT")) ?? asked }

    /// How many requests at once keep its device busy: at least one.
    package func bestRequestCount() throws(OpenVINOError) -> Int {
        max(1, Int(try property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) ?? 1)
    }

    /// The devices that run it, such as "CPU" where AUTO has chosen that; empty where it does not tell.
    package var devices: String { (try? property("EXECUTION_DEVICES")) ?? "" }

    /// One of the engine's properties, such as "INFERENCE_PRECISION_HINT", as text.
    func property(_ key: String) throws(OpenVINOError) -> String {
        var value: UnsafeMutablePointer<CChar>?
        try OpenVINOError.check(
            ov_compiled_model_get_property(handle, key, &value), "ov_compiled_model_get_property")
        defer { ov_free(value) }
        return value.map { String(cString: $0) } ?? ""
    }

    /// Whether an input has a known size, so that the engine has memory of its own for it.
    package func hasFixedInput(_ name: String) throws(OpenVINOError) -> Bool {
        let port = ConstPort(
            try OpenVINOError.make("ov_compiled_model_input_by_name") {
                ov_compiled_model_input_by_name(handle, name, $0)
            })
        return try port.fixedShape() != nil
    }

    /// The shape of an output tensor.
    package func outputShape(_ name: String) throws(OpenVINOError) -> [Int] {
        let port = ConstPort(
            try OpenVINOError.make("ov_compiled_model_output_by_name") {
                ov_compiled_model_output_by_name(handle, name, $0)
            })
        return try port.shape()
    }
}
