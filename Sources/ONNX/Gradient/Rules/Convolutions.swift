/// Convolutions, with weights that are the same for every picture.
let convolutionRules: [String: Rule] = [
    "Conv": Rule(needs: 2) { step in
        let (x, weights) = (step.shape(), step.shape(1))
        let window = try Window(step, input: x, output: step.outputShape, kernel: Array(weights.dropFirst(2)))
        if step.graph.isBatched, let gradient = try window.turnedConvolution(step) { return [gradient] }
        return [
            try window.transposedConvolution(
                step.dy, weights: step.x(1), groups: step.int("group") ?? 1, shape: x)
        ]
    },
    "ConvTranspose": Rule(needs: 2) { step in
        // A transposed convolution is a convolution's gradient, so its own gradient is that convolution.
        guard !step.node.has("output_shape") else { throw step.refuse("it names its output's shape") }
        let (x, weights) = (step.shape(), step.shape(1))
        let window = try Window(step, input: step.outputShape, output: x, kernel: Array(weights.dropFirst(2)))
        guard zip(window.padsEnd, window.strides).allSatisfy({ $0 + $1 > 0 }) else {
            throw step.refuse("its output_padding is not below its strides")
        }
        return [
            step.graph.product(
                "Conv", [step.dy, step.x(1)],
                window.attributes(padsEnd: window.padsEnd) + [.int("group", try step.int("group") ?? 1)], shape: x)
        ]
    },
]

/// How a kernel moves over the spatial axes of a tensor: of a convolution, or of a pooling.
struct Window {
    let kernel: [Int]
    let strides: [Int]
    let dilations: [Int]
    /// Zeros before the first element of each axis.
    let padsBegin: [Int]
    /// Zeros behind the last that make the output's size come out.
    let padsEnd: [Int]
    /// Sizes of the side that the kernel is laid on.
    let input: [Int]
    /// Number of the kernel's places.
    let output: [Int]

    /// - Parameters:
    ///   - input: shape `[N, channels, …]` of the side that the kernel is laid on.
    ///   - output: shape of the other side.
    init(_ step: Step, input: [Int], output: [Int], kernel: [Int]) throws(Rule.Refusal) {
        let rank = input.count - 2
        guard rank > 0, output.count == input.count, kernel.count == rank else {
            throw step.refuse("its kernel does not fit its input \(input)")
        }
        let ones = [Int](repeating: 1, count: rank)
        self.kernel = kernel
        self.input = Array(input.dropFirst(2))
        self.output = Array(output.dropFirst(2))
        strides = try step.ints("strides") ?? ones
        dilations = try step.ints("dilations") ?? ones
        let pads = try step.ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
        guard [kernel, strides, dilations].allSatisfy({ $0.count == rank && $0.allSatisfy { $0 > 0 } }),
            kernel.allSatisfy({ $0 <= Step.largest }), pads.count == 2 * rank
        else { throw step.refuse("its kernel, strides or pads do not fit its input \(input)") }
        var begin = Array(pads.prefix(rank))
        var end: [Int] = []
        let automatic = try step.string("auto_pad") ?? "NOTSET"
        for axis in 0..<rank {
            let reach = strides[axis] * (self.output[axis] - 1) + dilations[axis] * (kernel[axis] - 1) + 1
            let total = reach - self.input[axis]
            switch automatic {
            case "SAME_UPPER": begin[axis] = max(0, total) / 2
            case "SAME_LOWER": begin[axis] = max(0, total) - max(0, total) / 2
            case "VALID": begin[axis] = 0
            default: break
            }
            // Less than 0 where the last elements are under no kernel.
            end.append(total - begin[axis])
        }
        (padsBegin, padsEnd) = (begin, end)
    }

    func attributes(padsEnd: [Int]) -> [NodeAttribute] {
        [
            .ints("kernel_shape", kernel), .ints("strides", strides), .ints("dilations", dilations),
            .ints("pads", padsBegin + padsEnd.map { max(0, $0) }),
        ]
    }

    /// The same as `transposedConvolution` where the kernel moves in single steps: a convolution with the kernel turned
    /// around, which engines compute faster. It takes a copy of the weights; nil where that does not do.
    fileprivate func turnedConvolution(_ step: Step) throws(Rule.Refusal) -> Value? {
        let groups = try step.int("group") ?? 1
        let before = kernel.indices.map { dilations[$0] * (kernel[$0] - 1) - padsBegin[$0] }
        let after = kernel.indices.map { dilations[$0] * (kernel[$0] - 1) - padsEnd[$0] }
        guard strides.allSatisfy({ $0 == 1 }), groups > 0,
            (before + after).allSatisfy({ (0...Step.largest).contains($0) }),
            let weights = step.graph.constant(step.node.inputs[1]), weights.shape.count == kernel.count + 2,
            weights.shape[0] % groups == 0, weights.shape[0] > 0
        else { return nil }
        // [groups · outputs, inputs, kernel] becomes [groups · inputs, outputs, kernel turned around].
        let (outputs, inputs, places) = (weights.shape[0] / groups, weights.shape[1], kernel.reduce(1, *))
        var turned = weights.values
        for group in 0..<groups {
            for output in 0..<outputs {
                for input in 0..<inputs {
                    let from = ((group * outputs + output) * inputs + input) * places
                    let to = ((group * inputs + input) * outputs + output) * places
                    for place in 0..<places { turned[to + place] = weights.values[from + places - 1 - place] }
                }
            }
        }
        let constant = step.graph.floats(turned, shape: [groups * inputs, outputs] + kernel)
        return step.graph.apply(
            "Conv", [step.dy.name, constant.name],
            [
                .ints("kernel_shape", kernel), .ints("dilations", dilations), .ints("pads", before + after),
                .int("group", groups),
            ], shape: step.shape())
    }

    /// Lays the kernel, weighted with each element of the output side, back on the input side.
    ///
    /// - Parameters:
    ///   - weights: `[channels of value, channels of result / groups, …]`.
    ///   - shape: of the result.
    func transposedConvolution(_ value: Value, weights: Value, groups: Int, shape: [Int]) -> Value {
        value.graph.product(
            "ConvTranspose", [value, weights],
            attributes(padsEnd: padsEnd)
                + [.int("group", groups), .ints("output_padding", padsEnd.map { max(0, -$0) })], shape: shape)
    }
}
