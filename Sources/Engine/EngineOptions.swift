/// How graphs are computed.
package struct EngineOptions: Codable, Sendable, Hashable {
    /// What computes.
    package var device = Device.cpu
    /// As the engine calls it: "f32", "bf16", "f16".
    package var precision = "f32"
    package var hint = PerformanceHint.throughput
    /// How many inferences may go on at once where several do; nil: as many as there are cores, eight at most, and on
    /// devices that are no processor as many as the engine thinks best.
    package var requests: Int?

    package init(
        device: Device = .cpu, precision: String = "f32", hint: PerformanceHint = .throughput, requests: Int? = nil
    ) {
        (self.device, self.precision, self.hint, self.requests) = (device, precision, hint, requests)
    }

    /// The engine's own keys and values.
    ///
    /// - Parameter cores: how many the process may use.
    func properties(cores: Int) -> [String: String] {
        var properties = ["INFERENCE_PRECISION_HINT": precision]
        switch hint {
        case .throughput:
            properties["PERFORMANCE_HINT"] = "THROUGHPUT"
            let requests = requests ?? (device.mayBeProcessor ? min(cores, 8) : nil)
            if let requests { properties["PERFORMANCE_HINT_NUM_REQUESTS"] = "\(requests)" }
        case .latency:
            properties["PERFORMANCE_HINT"] = "LATENCY"
        }
        return properties
    }
}

/// What inferences are to be good at.
package enum PerformanceHint: String, Codable, Sendable, Hashable {
    /// Several at once, each on its own part of the cores, which is one thread on few: while an encoder keeps the cores
    /// busy, splitting one inference over them may take longer and costs more (docs/project/benchmarks.md).
    case throughput
    /// One at a time, on all cores.
    case latency

    /// For the log.
    var title: String {
        switch self {
        case .throughput: "several at once"
        case .latency: "all cores for one"
        }
    }
}
