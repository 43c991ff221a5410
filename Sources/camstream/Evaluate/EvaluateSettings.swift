import Evaluate
import Infer

/// What is to be judged, and how.
struct EvaluateSettings {
    /// Which class is explained.
    enum Target: String, CaseIterable {
        case label, top
    }

    /// What is measured beside where the heat lies.
    enum Group: String, CaseIterable {
        /// Whether the score depends on what is hot.
        case score
        /// Whether maps stay when the picture hardly changes.
        case stability
        /// Whether maps change when the model forgets what it has learnt.
        case model
        /// How long a map takes, and how many passes.
        case cost
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
    let groups: Set<Group>
    /// Of pictures.
    let limit: Int?
    let target: Target
    let evaluation: Evaluation.Options
    let resumes: Bool

    /// - Parameter text: names with commas between them, or "all".
    static func methods(_ text: String) throws(CompareError) -> [MethodName] {
        text == "all" ? MethodName.allCases.filter { $0 != .auto } : try ComparedMethod.methods(text)
    }

    /// - Parameter text: names with commas between them, "all", or "none".
    /// - Returns: nil where one of them is none.
    static func groups(_ text: String) -> Set<Group>? {
        switch text {
        case "all": return Set(Group.allCases)
        case "none": return []
        default:
            let names = InferConfig.layers(text).map { Group(rawValue: $0) }
            return names.isEmpty || names.contains(nil) ? nil : Set(names.compactMap(\.self))
        }
    }

    /// Of all that is left to chance.
    var seed: UInt64 { UInt64(truncatingIfNeeded: infer.methodOptions.seed) }

    /// Settings of methods that are not the usual ones.
    var options: [String: String] {
        let (own, usual) = (infer.methodOptions, MethodOptions())
        var options: [String: String] = [:]
        if own.channels != usual.channels { options["channels"] = own.channels.text }
        if let samples = own.samples { options["samples"] = "\(samples)" }
        return options
    }
}
