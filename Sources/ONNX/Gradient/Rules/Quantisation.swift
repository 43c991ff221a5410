/// Rounding to 8 bits lets gradients through as if it did not round (straight-through estimator: Bengio et al. 2013,
/// arXiv:1308.3432). Between the two operators numbers are in steps of `scale`.
let quantisationRules: [String: Rule] = [
    "QuantizeLinear": Rule { step in [step.dy / scale(step)] },
    "DequantizeLinear": Rule { step in [step.dy * scale(step)] },
]

/// One scale in all, or one for each index of an axis, in a shape to compute with.
private func scale(_ step: Step) -> Value {
    let (scale, rank) = (step.x(1), step.shape().count)
    guard scale.count > 1 else { return scale.reshaped(to: []) }
    let axis = step.axis(step.node.int("axis") ?? 1)
    return scale.reshaped(to: [scale.count] + [Int](repeating: 1, count: max(0, rank - axis - 1)))
}
