import Foundation
import Pipeline

/// Finer-CAM: Grad-CAM of what sets a class apart from those that it is most easily taken for.
///
/// Zhang et al. 2025, arXiv:2501.11309, eq. 5, weighted as in the authors' code: y_c - α Σ_t q_t y_t is differentiated, with
/// t the three classes whose scores are nearest to y_c, q the softmax of their scores, α = 1. The weights q are
/// differentiated, too. Of a target that takes other classes off by itself, these are the ones to compare with, as the
/// authors' code lets a user name them: it is differentiated as it is.
struct FinerCAM: ChannelWeightedMethod {
    static let name = "finercam"
    static let title = "Finer-CAM"
    static let needs = MethodNeeds.gradients
    static let comparedClasses = 3

    /// α: how much of the other classes' evidence is taken off; 0 is Grad-CAM.
    private let strength: Float

    init(_ options: MethodOptions) { self.init(strength: 1) }

    init(strength: Float) { self.strength = strength }

    func differentiated(_ subject: Subject) -> ExplanationTarget {
        Self.contrast(subject.target, scores: Array(subject.passes.logits), strength: strength)
    }

    func weights(_ evidence: Evidence) -> [Float] { evidence.meanGradients }

    /// d/dy of y_c - α Σ_t q_t y_t: 1 for c, -α q_t (1 + y_t - Σ q y) for t.
    static func contrast(_ target: ExplanationTarget, scores: [Float], strength: Float) -> ExplanationTarget {
        guard !target.isContrast else { return target }
        let own = target.value(of: scores)
        let others = scores.indices.filter { index in !target.terms.contains { $0.element == index } }
            .sorted { (abs(scores[$0] - own), $0) < (abs(scores[$1] - own), $1) }
            .prefix(comparedClasses)
        let greatest = others.map { scores[$0] }.max() ?? 0
        let exponentials = others.map { exp(scores[$0] - greatest) }
        let total = exponentials.reduce(0, +)
        let mean = zip(others, exponentials).reduce(0) { $0 + scores[$1.0] * $1.1 } / total
        let similar = zip(others, exponentials).map { other, exponential in
            (other, exponential / total * (1 + scores[other] - mean))
        }
        return target - strength * ExplanationTarget(Dictionary(uniqueKeysWithValues: similar))
    }
}
