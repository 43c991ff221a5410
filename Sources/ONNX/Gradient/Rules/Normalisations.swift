/// Normalisations, as they are in inference.
let normalisationRules: [String: Rule] = [
    "BatchNormalization": Rule(needs: 5) { step in
        guard try !step.flag("training_mode") else { throw step.refuse("it is in training mode") }
        let deviation = (step.x(4) + (try step.float("epsilon") ?? 1e-5)).squareRoot
        return [step.dy * perChannel(step.x(1) / deviation, rank: step.shape().count)]
    },
    "LayerNormalization": Rule(needs: 2) { step in
        let axes = Array(try step.axis(try step.int("axis") ?? -1)..<step.shape().count)
        let dy = step.dy * step.x(1)
        return [normalised(step.x, dy, axes: axes, epsilon: try step.float("epsilon") ?? 1e-5)]
    },
    "RMSNormalization": Rule(needs: 2) { step in
        let axes = Array(try step.axis(try step.int("axis") ?? -1)..<step.shape().count)
        let size = ((step.x * step.x).mean(axes) + (try step.float("epsilon") ?? 1e-5)).squareRoot
        let (n, dn) = (step.x / size, step.dy * step.x(1))
        return [(dn - n * (dn * n).mean(axes)) / size]
    },
    "InstanceNormalization": Rule(needs: 3) { step in
        let rank = try step.shape(rank: 3).count
        let dy = step.dy * perChannel(step.x(1), rank: rank)
        return [normalised(step.x, dy, axes: Array(2..<rank), epsilon: try step.float("epsilon") ?? 1e-5)]
    },
    "MeanVarianceNormalization": Rule { step in
        let axes = try (try step.ints("axes") ?? [0, 2, 3]).map { axis throws(Rule.Refusal) in try step.axis(axis) }
        return [normalised(step.x, step.dy, axes: axes, epsilon: 1e-9)]
    },
    "GroupNormalization": Rule(needs: 3, groupNormalization),
    "LRN": Rule(localResponse),
    "LpNormalization": Rule { step in
        guard try step.int("p") ?? 2 == 2 else { throw step.refuse("its p is not 2") }
        let axis = try step.axis(try step.int("axis") ?? -1)
        let length = (step.x * step.x).sum([axis]).squareRoot
        return [(step.dy - step.y * (step.dy * step.y).sum([axis])) / length]
    },
]

/// [channels] as [channels, 1, 1] beside tensors [N, channels, height, width].
private func perChannel(_ value: Value, rank: Int) -> Value {
    value.reshaped(to: [value.count] + [Int](repeating: 1, count: max(0, rank - 2)))
}

/// With n = (x - mean) / deviation: dx = (dn - mean(dn) - n · mean(dn · n)) / deviation, means over the axes.
/// Ba et al. 2016, arXiv:1607.06450.
///
/// - Parameter dn: the gradient of n.
private func normalised(_ x: Value, _ dn: Value, axes: [Int], epsilon: Float) -> Value {
    let centred = x - x.mean(axes)
    let deviation = ((centred * centred).mean(axes) + epsilon).squareRoot
    let n = centred / deviation
    return (dn - dn.mean(axes) - n * (dn * n).mean(axes)) / deviation
}

/// Scales are one for each group in operator set 18, one for each channel from 21 on.
@Sendable private func groupNormalization(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = try step.shape(rank: 3)
    guard let groups = try step.int("num_groups"), groups > 0, shape[1] % groups == 0 else {
        throw step.refuse("its groups do not fit its input \(shape)")
    }
    let scale = step.x(1)
    let isPerGroup = scale.count == groups && step.operatorSet < 21
    let channels =
        isPerGroup
        ? scale.reshaped(to: [groups, 1]).expanded(to: [groups, shape[1] / groups]).flattened : scale
    let dy = step.dy * perChannel(channels, rank: shape.count)
    let grouped = [shape[0], groups, shape[1...].reduce(1, *) / groups]
    let gradient = normalised(
        step.x.reshaped(to: grouped), dy.reshaped(to: grouped), axes: [2],
        epsilon: try step.float("epsilon") ?? 1e-5)
    return [gradient.reshaped(to: shape)]
}

/// y = x · s^-β with s = bias + α / size · (sum of x² over neighbouring channels). Krizhevsky et al. 2012, sec. 3.3.
@Sendable private func localResponse(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    let shape = try step.shape(rank: 3)
    guard let size = try step.int("size"), size > 0 else { throw step.refuse("it has no size") }
    let share = try step.float("alpha") ?? 1e-4
    let beta = try step.float("beta") ?? 0.75
    // More neighbours than channels would only add zeros.
    let reach = max(1, shape[1]) - 1
    let (before, after) = (min((size - 1) / 2, reach), min(size / 2, reach))
    let x = step.x
    let factor = share * Float(before + after + 1) / Float(size)
    let s = neighbourMean(x * x, before, after) * factor + (try step.float("bias") ?? 1)
    // Seen from a neighbour, the window is turned around.
    let spread = neighbourMean(step.dy * x * s.power(-beta - 1), after, before)
    return [step.dy * s.power(-beta) - x * spread * (2 * factor * beta)]
}

/// Sum over neighbouring channels, divided by the number of neighbours, of which those outside count as 0.
private func neighbourMean(_ value: Value, _ before: Int, _ after: Int) -> Value {
    let shape = value.shape
    let rows = value.reshaped(to: [shape[0], 1, shape[1], shape[2...].reduce(1, *)])
    let means = rows.graph.apply(
        "AveragePool", [rows.name],
        [
            .ints("kernel_shape", [before + after + 1, 1]), .ints("pads", [before, 0, after, 0]),
            .int("count_include_pad", 1),
        ], shape: rows.shape)
    return means.reshaped(to: shape)
}
