import Engine
import ONNX

/// What maps of boxes are made with, compiled: the same for all pictures.
struct BoxMapping: Sendable {
    let scores: DetectorScores
    let method: any EvidenceMethod
    /// Of each source of scores; nil: no level lies before the seed's own.
    let backward: [BackwardModel?]

    init(_ plan: BoxMapPlan, _ method: any EvidenceMethod, _ compiler: ModelCompiler) throws(EngineError) {
        scores = plan.scores
        self.method = method
        backward = try plan.gradients.map { gradient throws(EngineError) in
            try gradient.map { gradient throws(EngineError) in
                BackwardModel(
                    gradient: gradient,
                    compiled: try compiler.compile([UInt8](gradient.backward), input: nil, isExact: true))
            }
        }
    }
}
