/// Rounding to 8 bits lets gradients through as if it did not round (straight-through estimator: Bengio et al. 2013,
/// arXiv:1308.3432). Between the two operators numbers are in steps of `scale`.
let quantisationRules: [String: Rule] = [
    "QuantizeLinear": Rule(needs: 2) { step in [step.dy / (try scale(step))] },
    "DequantizeLinear": Rule(needs: 2) { step in [step.dy * (try scale(step))] },
]

/// One scale in all, or one for each index of an axis, in a shape to compute with.
private func scale(_ step: Step) throws(Rule.Refusal) -> Value {
    guard try step.int("block_size") ?? 0 == 0 else { throw step.refuse("it has scales for blocks") }
    let (scale, rank) = (step.x(1), step.shape().count)
    guard scale.count > 1 else { return scale.reshaped(to: []) }
    let axis = try step.axis(try step.int("axis") ?? 1)
    return scale.reshaped(to: [scale.count] + [Int](repeating: 1, count: max(0, rank - axis - 1)))
}
