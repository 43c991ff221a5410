import Foundation

/// Finer-CAM: Grad-CAM of what sets a class apart from those that it is most easily taken for.
///
/// Zhang et al. 2025, arXiv:2501.11309, eq. 5, weighted as in the authors' code: y_c - α Σ_t q_t y_t is differentiated, with
/// t the three classes whose scores are nearest to y_c, q the softmax of their scores, α = 1. The weights q are
/// differentiated, too.
struct FinerCAM: ChannelWeightedMethod {
    static let name = "finercam"
    static let title = "Finer-CAM"
    static let needs = MethodNeeds.gradients
    static let comparedClasses = 3

    /// α: how much of the other classes' evidence is taken off; 0 is Grad-CAM.
    private let strength: Float

    init(_ options: MethodOptions) { self.init(strength: 1) }

    init(strength: Float) { self.strength = strength }

    func seed(_ subject: Subject) -> [Float]? {
        Self.seed(classID: subject.classID, scores: Array(subject.passes.logits), strength: strength)
    }

    func weights(_ evidence: Evidence) -> [Float] { evidence.meanGradients }

    /// d/dy of y_c - α Σ_t q_t y_t, Float `[classes]`: 1 for c, -α q_t (1 + y_t - Σ q y) for t.
    static func seed(classID: Int, scores: [Float], strength: Float) -> [Float] {
        let others = scores.indices.filter { $0 != classID }
            .sorted { (abs(scores[$0] - scores[classID]), $0) < (abs(scores[$1] - scores[classID]), $1) }
            .prefix(comparedClasses)
        var seed = [Float](repeating: 0, count: scores.count)
        seed[classID] = 1
        let greatest = others.map { scores[$0] }.max() ?? 0
        let exponentials = others.map { exp(scores[$0] - greatest) }
        let total = exponentials.reduce(0, +)
        let mean = zip(others, exponentials).reduce(0) { $0 + scores[$1.0] * $1.1 } / total
        for (other, exponential) in zip(others, exponentials) {
            seed[other] = -strength * exponential / total * (1 + scores[other] - mean)
        }
        return seed
    }
}
