import Infer
import Overlay
import Pipeline
import Serve

extension InferConfig {
    /// Those that read the model's head, which is what is taught.
    static let methodsToTeach = ["auto", "cam"].compactMap { MethodName(rawValue: $0) }
}

extension CameraConfig {
    /// Checks that what viewers teach is what is shown.
    func checkTeaching() throws(ConfigError) {
        guard let name = infer.teach else { return }
        func refuse(_ key: String, _ value: String, _ allowed: String) throws(ConfigError) {
            throw .outOfRange(key: key, value: value, allowed: "\(allowed) with infer.teach, \(Self.why)")
        }
        guard CameraName.isValid(name) else {
            throw .outOfRange(key: "infer.teach", value: name, allowed: CameraName.allowed)
        }
        if !InferConfig.methodsToTeach.contains(infer.method) {
            try refuse("infer.method", infer.method.rawValue, "auto or cam")
        }
        if !infer.layers.isEmpty { try refuse("infer.layer", infer.layers.joined(separator: ","), "none") }
        if let versus = infer.versus { try refuse("infer.versus", versus, "none") }
        if let output = infer.outputTensor { try refuse("infer.output-tensor", output, "none") }
        if overlay.layout == .compare { try refuse("overlay.layout", "compare", "another layout") }
    }

    private static let why = "which explains classes of viewers' own by the model's last feature map"
}
