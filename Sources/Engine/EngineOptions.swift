/// What a model is computed in, and how its inferences share the cores.
struct EngineSettings: Codable, Sendable, Hashable {
    /// As the engine calls it: "f32", "bf16", "f16".
    var precision = "f32"
    var sharing = CoreSharing.apart

    /// The engine's own keys and values.
    ///
    /// - Parameter cores: how many the process may use.
    func properties(cores: Int) -> [String: String] {
        var properties = ["INFERENCE_PRECISION_HINT": precision]
        switch sharing {
        case .apart:
            properties["PERFORMANCE_HINT"] = "THROUGHPUT"
            properties["PERFORMANCE_HINT_NUM_REQUESTS"] = "\(min(cores, 8))"
        case .together:
            properties["PERFORMANCE_HINT"] = "LATENCY"
        }
        return properties
    }
}

/// How inferences share the cores.
enum CoreSharing: String, Codable, Sendable, Hashable {
    /// Several at once, each on its own part of the cores, which is one thread on few: while an encoder keeps the cores
    /// busy, splitting one inference over them may take longer and costs more (docs/benchmarks.md).
    case apart
    /// One at a time, on all cores.
    case together

    /// For the log.
    var title: String {
        switch self {
        case .apart: "several at once"
        case .together: "all cores for one"
        }
    }
}
