import Glibc
import Pipeline

/// The scores of many variants of a picture, for the targets that get maps.
struct ProbeScores {
    /// Positions of the scores that these are made of, each once.
    private let elements: [Int]
    /// Float `[variants, elements]`.
    private var logits: [Float] = []
    /// Float `[variants]`: log Σ_c exp(y_c) over all of the model's classes.
    private var logSums: [Float] = []

    init(_ targets: [ExplanationTarget], variants: Int) {
        elements = Set(targets.flatMap { $0.terms.map(\.element) }).sorted()
        logits.reserveCapacity(variants * elements.count)
        logSums.reserveCapacity(variants)
    }

    /// - Parameter scores: y of the next variant, Float, one for each of the model's classes.
    mutating func append(_ scores: UnsafeBufferPointer<Float>) {
        for element in elements { logits.append(scores[element]) }
        // With the largest taken off first, so that nothing overflows.
        let largest = scores.max() ?? 0
        logSums.append(largest + logf(scores.reduce(0) { $0 + expf($1 - largest) }))
    }

    /// Whether the target is made of scores that were kept.
    func cover(_ target: ExplanationTarget) -> Bool { target.terms.allSatisfy { elements.contains($0.element) } }

    /// The target's value of every variant, of scores before any softmax.
    func logits(of target: ExplanationTarget) -> [Float] { sums(of: target) { logits, _ in logits } }

    /// The same of probabilities, by softmax, or of each class by itself: of a difference, how much more probable the one
    /// class is than the other.
    func probabilities(of target: ExplanationTarget, isSigmoid: Bool) -> [Float] {
        sums(of: target) { logits, logSums in
            isSigmoid ? logits.map { 1 / (1 + expf(-$0)) } : zip(logits, logSums).map { expf($0 - $1) }
        }
    }

    /// - Parameter form: makes of one score's logits, and the logarithms of the sums, what is summed up.
    private func sums(
        of target: ExplanationTarget, _ form: (_ logits: [Float], _ logSums: [Float]) -> [Float]
    ) -> [Float] {
        var sums = [Float](repeating: 0, count: logSums.count)
        for term in target.terms {
            let position = elements.firstIndex(of: term.element)!
            let own = stride(from: position, to: logits.count, by: elements.count).map { logits[$0] }
            for (variant, value) in form(own, logSums).enumerated() { sums[variant] += term.weight * value }
        }
        return sums
    }
}
