/// Operators that put the same elements into another shape, side by side or apart.
let shapeChangeRules: [String: Rule] = [
    "Reshape": Rule(reshape),
    "Flatten": Rule(reshape),
    "Squeeze": Rule(reshape),
    "Unsqueeze": Rule(reshape),
    "Transpose": Rule { step in
        let order = step.node.ints("perm") ?? step.shape().indices.reversed()
        return [step.dy.transposed(order.indices.map { axis in order.firstIndex(of: axis)! })]
    },
    "Expand": Rule { [$0.dy] },
    "Concat": Rule(.all) { step in
        let axis = step.axis(step.node.int("axis") ?? 1)
        var start = 0
        let starts = step.node.inputs.indices.map { position in
            defer { start += step.shape(position)[axis] }
            return start
        }
        return step.forEachWanted { position in
            var from = [Int](repeating: 0, count: step.dy.rank)
            from[axis] = starts[position]
            return step.dy.part(from: from, shape: step.shape(position))
        }
    },
    "Split": Rule(.only([0]), takesAllOutputs: true) { step in
        let axis = step.axis(step.node.int("axis") ?? 0)
        let parts = zip(step.node.outputs, step.gradients).map { output, gradient in
            gradient ?? step.graph.zeros(step.graph.type(of: output).shape)
        }
        return [step.graph.apply("Concat", parts.map(\.name), [.int("axis", axis)], shape: step.shape())]
    },
    "Pad": Rule(pad),
    "Slice": Rule(slice),
]

@Sendable private func reshape(_ step: Step) -> [Value?] { [step.dy.reshaped(to: step.shape())] }

@Sendable private func pad(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    guard step.node.string("mode") ?? "constant" == "constant" else { return try movedElements(step) }
    let shape = step.shape()
    guard let pads = try step.integers("pads", orInput: 1) else { throw step.refuse("it has no pads") }
    let axes = try step.node.input(3) == nil ? Array(shape.indices) : step.integers("axes", orInput: 3) ?? []
    guard pads.count == 2 * axes.count, pads.allSatisfy({ $0 >= 0 }) else {
        throw step.refuse("its pads \(pads) cut something off")
    }
    var starts = [Int](repeating: 0, count: shape.count)
    for (axis, before) in zip(axes, pads) { starts[step.axis(axis)] = before }
    return [step.dy.part(from: starts, shape: shape)]
}

/// Zeros where the slice took nothing; positions that it took in steps are looked up.
@Sendable private func slice(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    let isConstant = (1..<step.node.inputs.count).allSatisfy { position in
        step.node.input(position).map { step.graph.integers($0) != nil } ?? true
    }
    // Positions that the graph computes: the engine is asked for them.
    guard isConstant else { return try movedElements(step) }
    guard let starts = try step.integers("starts", orInput: 1), let ends = try step.integers("ends", orInput: 2) else {
        throw step.refuse("it has no starts or ends")
    }
    let axes = try step.integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try step.integers("steps", orInput: 4) ?? [Int](repeating: 1, count: axes.count)
    var gradient = step.dy
    for (index, given) in axes.enumerated() {
        let axis = step.axis(given)
        let taken = sliced(length: shape[axis], starts[index], ends[index], by: steps[index])
        guard taken.count == gradient.shape[axis] else { throw step.refuse("its bounds do not fit its output") }
        var before = [Int](repeating: 0, count: shape.count)
        var after = before
        if steps[index] == 1, let first = taken.first {
            before[axis] = first
            after[axis] = shape[axis] - first - taken.count
            gradient = gradient.padded(before: before, after: after)
        } else {
            // Behind the elements stands a zero for all places that were not taken.
            var sources = [Int](repeating: taken.count, count: shape[axis])
            for (source, place) in taken.enumerated() { sources[place] = source }
            after[axis] = 1
            gradient = gradient.padded(before: before, after: after).gathered(sources, axis: axis)
        }
    }
    return [gradient]
}

/// Positions that a slice takes of an axis, by the rules of ONNX's Slice.
private func sliced(length: Int, _ start: Int, _ end: Int, by step: Int) -> [Int] {
    guard step != 0, length > 0 else { return [] }
    func clamped(_ bound: Int) -> Int {
        let fromFront = bound < 0 ? bound + length : bound
        return step > 0 ? min(max(fromFront, 0), length) : min(max(fromFront, -1), length - 1)
    }
    return Array(stride(from: clamped(start), to: clamped(end), by: step))
}
