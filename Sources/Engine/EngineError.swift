package import ONNX
package import Pipeline

/// Why the engine cannot compute a model; says what to do next.
package enum EngineError: Error, CustomStringConvertible {
    /// The graph cannot be written.
    case model(ONNXError)
    case refused(path: String, OpenVINOError)
    case quantisedOperator(path: String, op: String, OpenVINOError)
    case device(DeviceError)
    case lack(LackOfResources)

    /// Whether it is the system that does not give enough, rather than a file that is wrong.
    package var isLack: Bool {
        switch self {
        case .lack: true
        case .refused(_, let error): error.isLack
        default: false
        }
    }

    package var description: String {
        switch self {
        case .model(let error): error.description
        case .refused(let path, let error) where error.isLack: "\(path): \(error)"
        case .refused(let path, let error): "\(path): the inference engine cannot use this model: \(error)"
        case .quantisedOperator(let path, let op, let error):
            "\(path): the inference engine cannot use this model's 8-bit operator \(op): quantise it in QDQ form "
                + "(onnxruntime: quant_format=QuantFormat.QDQ), which works; the engine says: \(error)"
        case .device(let error): error.description
        case .lack(let lack): lack.description
        }
    }
}
