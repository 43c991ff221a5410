/// Sums, means and maxima over axes.
let reductionRules: [String: Rule] = [
    "ReduceSum": Rule { step in [try spread(step.dy, step)] },
    "ReduceMean": Rule { step in
        let share = Float(step.outputShape.reduce(1, *)) / Float(step.shape().reduce(1, *))
        return [try spread(step.dy * share, step)]
    },
    "ReduceSumSquare": Rule { step in [try spread(step.dy * 2, step) * step.x] },
    "ReduceL1": Rule { step in [try spread(step.dy, step) * step.x.unary("Sign")] },
    "ReduceL2": Rule { step in [try spread(step.dy / step.y, step) * step.x] },
    "ReduceLogSum": Rule { step in [try spread(step.dy * (-step.y).exponential, step)] },
    "ReduceLogSumExp": Rule { step in
        let share = (step.x - (try kept(step.y, step))).exponential
        return [(try kept(step.dy, step)) * share]
    },
    "ReduceMax": Rule(extremes),
    "ReduceMin": Rule(extremes),
]

/// Axes that are reduced, from the front: an attribute in older operator sets, an input in newer ones; none given: all,
/// unless the node says that this means none.
private func reducedAxes(_ step: Step) throws(Rule.Refusal) -> Set<Int> {
    let given = try step.integers("axes", orInput: 1) ?? []
    if given.isEmpty, step.node.int("noop_with_empty_axes") ?? 0 != 0 { return [] }
    return given.isEmpty ? Set(step.shape().indices) : Set(given.map { step.axis($0) })
}

/// A tensor of the output's shape with the reduced axes kept as 1.
private func kept(_ value: Value, _ step: Step) throws(Rule.Refusal) -> Value {
    let axes = try reducedAxes(step)
    let shape = step.shape()
    let wanted = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    guard wanted.reduce(1, *) == value.count else { throw step.refuse("its axes do not fit its output") }
    return value.reshaped(to: wanted)
}

/// A tensor of the output's shape, repeated along the reduced axes.
private func spread(_ value: Value, _ step: Step) throws(Rule.Refusal) -> Value {
    try kept(value, step).expanded(to: step.shape())
}

/// Equal maxima share the gradient, as in PyTorch's amax.
@Sendable private func extremes(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let isExtreme = step.x.isEqual(to: try kept(step.y, step)).asFloat
    let count = isExtreme.sum(try reducedAxes(step).sorted())
    return [isExtreme * (try kept(step.dy, step) / count)]
}
