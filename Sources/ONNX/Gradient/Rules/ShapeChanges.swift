/// Operators that put the same elements into another shape, side by side or apart.
let shapeChangeRules: [String: Rule] = [
    "Reshape": Rule(reshape),
    "Flatten": Rule(reshape),
    "Squeeze": Rule(reshape),
    "Unsqueeze": Rule(reshape),
    "Transpose": Rule { step in
        let rank = step.shape().count
        let order = try step.ints("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank), step.dy.rank == rank else {
            throw step.refuse("its perm \(order.prefix(8)) does not fit")
        }
        return [step.dy.transposed(order.indices.map { axis in order.firstIndex(of: axis)! })]
    },
    "Expand": Rule { [$0.dy] },
    "Concat": Rule(.all, concat),
    "Split": Rule(takesAllOutputs: true) { step in
        let axis = try step.axis(try step.int("axis") ?? 0)
        guard !step.node.outputs.contains("") else { throw step.refuse("one of its outputs is left out") }
        let parts = zip(step.node.outputs, step.gradients).map { output, gradient in
            gradient ?? step.graph.zeros(step.graph.type(of: output).shape)
        }
        return [step.graph.apply("Concat", parts.map(\.name), [.int("axis", axis)], shape: step.shape())]
    },
    "Pad": Rule(pad),
    "Slice": Rule(slice),
]

@Sendable private func reshape(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    guard shape.reduce(1, *) == step.dy.count else { throw step.refuse("its shapes do not fit") }
    return [step.dy.reshaped(to: shape)]
}

@Sendable private func concat(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let rank = step.dy.rank
    guard step.node.inputs.indices.allSatisfy({ step.shape($0).count == rank }) else {
        throw step.refuse("its shapes do not fit")
    }
    let axis = try step.axis(try step.int("axis") ?? 1)
    var start = 0
    let starts = step.node.inputs.indices.map { position in
        defer { start += step.shape(position)[axis] }
        return start
    }
    return step.forEachWanted { position in
        var from = [Int](repeating: 0, count: rank)
        from[axis] = starts[position]
        return step.dy.part(from: from, shape: step.shape(position))
    }
}

@Sendable private func pad(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    guard try step.string("mode") ?? "constant" == "constant" else { return try movedElements(step) }
    if let pads = step.node.input(1), step.graph.integers(pads) == nil { return try computedPad(step) }
    let shape = step.shape()
    // Up to operator set 1 they were called paddings.
    guard let pads = try step.integers("pads", orInput: 1) else { throw step.refuse("it has no pads") }
    let axes = try step.node.input(3) == nil ? Array(shape.indices) : step.integers("axes", orInput: 3) ?? []
    guard pads.count == 2 * axes.count, pads.allSatisfy({ (-Step.largest...Step.largest).contains($0) }),
        step.dy.rank == shape.count
    else { throw step.refuse("its pads \(pads.prefix(8)) do not fit") }
    var starts = [Int](repeating: 0, count: shape.count)
    var ends = starts
    for (index, given) in axes.enumerated() {
        let axis = try step.axis(given)
        (starts[axis], ends[axis]) = (pads[index], pads[index + axes.count])
    }
    // What was cut off, by pads below 0, comes back as zeros.
    let kept = step.dy.part(
        from: starts.map { max(0, $0) },
        shape: shape.indices.map { step.dy.shape[$0] - max(0, starts[$0]) - max(0, ends[$0]) })
    guard kept.shape.allSatisfy({ $0 >= 0 }) else { throw step.refuse("its pads \(pads.prefix(8)) do not fit") }
    return [kept.padded(before: starts.map { max(0, -$0) }, after: ends.map { max(0, -$0) })]
}

/// The graph computes the pads: the engine is asked where the elements go, counted from 1, so that 0 is what was filled in.
@Sendable private func computedPad(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    let count = shape.reduce(1, *)
    let (graph, inputs) = (step.graph, step.node.inputs)
    let positions = graph.range(count, from: 1).reshaped(to: shape)
    var others = [graph.value(of: inputs[1]).name]
    if let axes = step.node.input(3) { others += ["", graph.value(of: axes).name] }
    let moved = graph.repeated(step.node, reading: [positions.name] + others, shape: step.outputShape)
    return [step.dy.scattered(to: moved, shape: [count + 1]).part(from: [1], shape: [count]).reshaped(to: shape)]
}

/// Zeros where the slice took nothing; positions that it took in steps are looked up.
@Sendable private func slice(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    let isConstant = (1..<max(1, step.node.inputs.count)).allSatisfy { position in
        step.node.input(position).map { step.graph.integers($0) != nil } ?? true
    }
    // Positions that the graph computes: the engine is asked for them.
    guard isConstant else { return try movedElements(step) }
    guard let starts = try step.integers("starts", orInput: 1), let ends = try step.integers("ends", orInput: 2) else {
        throw step.refuse("it has no starts or ends")
    }
    let axes = try step.integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try step.integers("steps", orInput: 4) ?? [Int](repeating: 1, count: axes.count)
    guard [starts, ends, steps].allSatisfy({ $0.count == axes.count }), step.dy.rank == shape.count else {
        throw step.refuse("its starts, ends, axes and steps do not fit")
    }
    var gradient = step.dy
    for (index, given) in axes.enumerated() {
        let axis = try step.axis(given)
        let taken = Taken(length: shape[axis], from: starts[index], to: ends[index], by: steps[index])
        guard taken.count == gradient.shape[axis], max(shape[axis], taken.count) <= Step.largest else {
            throw step.refuse("its bounds do not fit its output")
        }
        var before = [Int](repeating: 0, count: shape.count)
        var after = before
        if taken.step == 1, taken.count > 0 {
            before[axis] = taken.first
            after[axis] = shape[axis] - taken.first - taken.count
            gradient = gradient.padded(before: before, after: after)
        } else {
            // Behind the elements stands a zero for all places that were not taken.
            var sources = [Int](repeating: taken.count, count: shape[axis])
            for source in 0..<taken.count { sources[taken.first + source * taken.step] = source }
            after[axis] = 1
            gradient = gradient.padded(before: before, after: after).gathered(sources, axis: axis)
        }
    }
    return [gradient]
}

/// Positions that a slice takes of an axis, by the rules of ONNX's Slice.
private struct Taken {
    let first: Int
    let step: Int
    let count: Int

    init(length: Int, from start: Int, to end: Int, by step: Int) {
        // A longer step takes one element, too.
        let step = min(max(step, -length - 1), length + 1)
        func clamped(_ bound: Int) -> Int {
            let fromFront = bound < 0 ? bound + length : bound
            return step > 0 ? min(max(fromFront, 0), length) : min(max(fromFront, -1), length - 1)
        }
        self.step = step
        first = clamped(start)
        let distance = clamped(end) - first
        let isEmpty = step == 0 || length <= 0 || distance == 0 || (distance > 0) != (step > 0)
        count = isEmpty ? 0 : (abs(distance) - 1) / abs(step) + 1
    }
}
