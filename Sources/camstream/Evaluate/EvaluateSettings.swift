import Evaluate
import Infer

/// What is to be judged, and how.
struct EvaluateSettings {
    /// Which class is explained.
    enum Target: String, CaseIterable {
        case label, top
    }

    let data: String
    let layout: DataLayout
    let labelsMap: String?
    /// Of the model.
    let infer: InferConfig
    /// nil: nobody named any.
    let methods: [MethodName]?
    /// Names of layers; none: the default one.
    let layers: [String]
    /// Of pictures.
    let limit: Int?
    let target: Target
    let evaluation: Evaluation.Options
    let resumes: Bool

    /// - Parameter text: names with commas between them, or "all".
    static func methods(_ text: String) throws(CompareError) -> [MethodName] {
        text == "all" ? MethodName.allCases.filter { $0 != .auto } : try ComparedMethod.methods(text)
    }

    /// Settings of methods that are not the usual ones.
    var options: [String: String] {
        let (own, usual) = (infer.methodOptions, MethodOptions())
        var options: [String: String] = [:]
        if own.channels != usual.channels { options["channels"] = own.channels.text }
        if let samples = own.samples { options["samples"] = "\(samples)" }
        return options
    }
}
