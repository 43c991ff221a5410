import Engine
import ONNX

/// What maps of boxes are made with, compiled: the same for all pictures.
struct BoxMapping: Sendable {
    let scores: DetectorScores
    let method: any EvidenceMethod
    /// Of each source of scores.
    let sources: [Source]

    struct Source: Sendable {
        /// nil: gradients begin where the backward graph does.
        let head: CompiledModel?
        /// nil: no level lies before where they begin.
        let backward: BackwardModel?
    }

    init(_ plan: BoxMapPlan, _ method: any EvidenceMethod, _ compiler: ModelCompiler) throws(EngineError) {
        scores = plan.scores
        self.method = method
        let needsGradients = type(of: method).needs.contains(.gradients)
        sources = try zip(plan.scores.sources, plan.gradients).map { source, gradient throws(EngineError) in
            func compile(_ graph: [UInt8]) throws(EngineError) -> CompiledModel {
                try compiler.compile(graph, input: nil, isExact: true)
            }
            let head = needsGradients ? source.head : nil
            return Source(
                head: try head.map { head throws(EngineError) in try compile([UInt8](head.graph)) },
                backward: try gradient.map { gradient throws(EngineError) in
                    BackwardModel(gradient: gradient, compiled: try compile([UInt8](gradient.backward)))
                })
        }
    }
}
