/// What one session runs again of its classifier: requests of its own, for all its pictures.
final class ProbeRunners {
    /// Is told of the passes, and stops them.
    let monitor: PassMonitor
    /// Of each layer.
    private let heads: [BatchRunner]
    private let masked: BatchRunner?

    init(_ parts: ProbedParts, _ monitor: PassMonitor = PassMonitor()) throws(InferError) {
        self.monitor = monitor
        heads = try parts.heads.map { part throws(InferError) in try BatchRunner(part) }
        masked = try parts.masked.map { part throws(InferError) in try BatchRunner(part) }
    }

    /// - Parameter layer: position among the classifier's layers.
    func runner(_ kind: ProbeKind, layer: Int) -> BatchRunner {
        switch kind {
        case .head where heads.indices.contains(layer): return heads[layer]
        case .masked where masked != nil: return masked!
        default: preconditionFailure("the method did not say that it needs this")
        }
    }
}
