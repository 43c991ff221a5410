/// Sums, means and maxima over axes.
let reductionRules: [String: Rule] = [
    "ReduceSum": Rule { step in [try spread(step.dy, step)] },
    "ReduceMean": Rule { step in
        let share = Float(step.outputShape.reduce(1, *)) / Float(max(1, step.shape().reduce(1, *)))
        return [try spread(step.dy * share, step)]
    },
    "ReduceSumSquare": Rule { step in [try spread(step.dy * 2, step) * step.x] },
    "ReduceL1": Rule { step in [try spread(step.dy, step) * step.x.unary("Sign")] },
    // 0 at the origin, as in PyTorch.
    "ReduceL2": Rule { step in [try spread((step.dy / step.y).kept(where: step.y > 0), step) * step.x] },
    "ReduceLogSum": Rule { step in [try spread(step.dy * (-step.y).exponential, step)] },
    "ReduceLogSumExp": Rule { step in
        let share = (step.x - (try kept(step.y, step))).exponential
        return [(try kept(step.dy, step)) * share]
    },
    "ReduceProd": Rule(productOfOthers),
    "ReduceMax": Rule(extremes),
    "ReduceMin": Rule(extremes),
]

/// Axes that are reduced, from the front: an attribute in older operator sets, an input in newer ones; none given: all,
/// unless the node says that this means none.
private func reducedAxes(_ step: Step) throws(Rule.Refusal) -> Set<Int> {
    let given = try step.integers("axes", orInput: 1) ?? []
    if given.isEmpty, try step.flag("noop_with_empty_axes") { return [] }
    if given.isEmpty { return Set(step.shape().indices) }
    return Set(try given.map { axis throws(Rule.Refusal) in try step.axis(axis) })
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

/// The product of the others: that of all that are not 0, without the element itself, where no other one is 0.
@Sendable private func productOfOthers(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let axes = try reducedAxes(step).sorted()
    let zero = step.x.isEqual(to: step.graph.scalar(0))
    let filled = zero.choose(step.graph.scalar(1), else: step.x)
    let otherZeros = zero.asFloat.sum(axes) - zero.asFloat
    let others = filled.reduced("ReduceProd", axes) / filled
    return [((try kept(step.dy, step)) * others).kept(where: otherZeros <= 0)]
}

/// Equal maxima share the gradient, as in PyTorch's amax.
@Sendable private func extremes(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let isExtreme = step.x.isEqual(to: try kept(step.y, step)).asFloat
    let count = isExtreme.sum(try reducedAxes(step).sorted())
    return [isExtreme * (try kept(step.dy, step) / count)]
}
