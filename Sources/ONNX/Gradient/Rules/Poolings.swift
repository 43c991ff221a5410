/// Poolings over height and width.
let poolingRules: [String: Rule] = [
    "GlobalAveragePool": Rule { step in
        let shape = try step.shape(rank: 3)
        return [(step.dy / Float(shape[2...].reduce(1, *))).expanded(to: shape)]
    },
    "GlobalMaxPool": Rule { step in
        // To the first maximum only.
        let shape = try step.shape(rank: 3)
        let places = [shape[0], shape[1], shape[2...].reduce(1, *)]
        let first = step.graph.apply(
            "ArgMax", [step.x.reshaped(to: places).name], [.int("axis", 2), .int("keepdims", 1)],
            shape: [places[0], places[1], 1])
        let isFirst = first.isEqual(to: step.graph.range(places[2]))
        return [step.dy.reshaped(to: first.shape).kept(where: isFirst).reshaped(to: shape)]
    },
    "MaxPool": Rule(hasDiscreteOutputs: true) { step in
        guard try !step.flag("storage_order") else { throw step.refuse("it counts by columns") }
        // Equality with the maximum would not do: after a ReLU many zeros are equal, and each would get the gradient.
        return [step.dy.scattered(to: step.graph.maximumPositions(of: step.node), shape: step.shape())]
    },
    "AveragePool": Rule(averagePool),
]

@Sendable private func averagePool(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = step.shape()
    let window = try Window(step, input: shape, output: step.outputShape, kernel: try step.ints("kernel_shape") ?? [])
    guard [window.kernel, window.output].allSatisfy({ $0.reduce(1.0) { $0 * Double($1) } <= Double(Step.largest) })
    else { throw step.refuse("its window \(window.kernel) does not fit its input \(shape)") }
    let counts = window.reciprocalCounts(
        withPads: try step.flag("count_include_pad"), asked: try step.ints("pads"))
    let share = step.dy * step.graph.floats(counts, shape: [1, 1] + window.output)
    if window.isGrid { return [window.spread(share, shape)] }
    // All channels have the same kernel: they go through as pictures of one channel.
    let ones = step.graph.floats(
        [Float](repeating: 1, count: window.kernel.reduce(1, *)), shape: [1, 1] + window.kernel)
    let pictures = shape[0] * shape[1]
    let gradient = window.transposedConvolution(
        share.reshaped(to: [pictures, 1] + window.output), weights: ones, groups: 1,
        shape: [pictures, 1] + window.input)
    return [gradient.reshaped(to: shape)]
}

extension Window {
    /// Whether the kernel's places lie side by side, without gaps, overlap or padding.
    fileprivate var isGrid: Bool {
        strides == kernel && dilations.allSatisfy { $0 == 1 } && (padsBegin + padsEnd).allSatisfy { $0 == 0 }
    }

    /// Repeats each element all over its kernel's place.
    fileprivate func spread(_ value: Value, _ shape: [Int]) -> Value {
        var (apart, repeated) = ([shape[0] * shape[1]], [shape[0] * shape[1]])
        for (count, length) in zip(output, kernel) {
            apart += [count, 1]
            repeated += [count, length]
        }
        return value.reshaped(to: apart).expanded(to: repeated).reshaped(to: shape)
    }

    /// 1 / number of elements that are averaged, for each of the kernel's places, row-major.
    fileprivate func reciprocalCounts(withPads: Bool, asked pads: [Int]?) -> [Float] {
        var counts: [Int] = [1]
        for axis in kernel.indices {
            // The padding that the node asks for: what reaches farther (ceil_mode) never counts.
            let asked = pads.map { $0[axis + kernel.count] } ?? max(0, padsEnd[axis])
            let low = withPads ? -padsBegin[axis] : 0
            let high = withPads ? input[axis] + asked : input[axis]
            let along = (0..<max(0, output[axis])).map { place in
                // Of the taps, those from the first that is not before `low` to the last that is before `high`.
                let start = place * strides[axis] - padsBegin[axis]
                let first = max(0, (low - start + dilations[axis] - 1) / dilations[axis])
                let last = min(kernel[axis] - 1, start < high ? (high - 1 - start) / dilations[axis] : -1)
                return max(0, last - first + 1)
            }
            counts = counts.flatMap { outer in along.map { outer * $0 } }
        }
        return counts.map { 1 / Float(max(1, $0)) }
    }
}
