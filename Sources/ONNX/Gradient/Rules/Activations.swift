/// Activation functions. Where the output tells enough, it is read rather than the input: the next operator often needs
/// it, too.
let activationRules: [String: Rule] = [
    "Relu": Rule { [$0.graph.rectifier.passed($0.dy).kept(where: $0.y > 0)] },
    "LeakyRelu": Rule { step in
        [(step.x > 0).choose(step.dy, else: step.dy * (try step.float("alpha") ?? 0.01))]
    },
    "PRelu": Rule(needs: 2) { [($0.x > 0).choose($0.dy, else: $0.dy * $0.x(1))] },
    "ThresholdedRelu": Rule { step in
        [step.dy.kept(where: step.x > .number(try step.float("alpha") ?? 1))]
    },
    // x + bias below -λ, x - bias above λ, else 0
    "Shrink": Rule { step in
        let bound = try step.float("lambd") ?? 0.5
        return [step.dy.kept(where: step.x.unary("Abs") > .number(bound))]
    },
    // Below 0, y = α (exp(x) - 1), so dy/dx = y + α.
    "Elu": Rule { step in
        [step.dy * (step.x > 0).choose(step.graph.scalar(1), else: step.y + (try step.float("alpha") ?? 1))]
    },
    // Below 0, y = α (exp(x / α) - 1).
    "Celu": Rule { step in
        let alpha = try step.float("alpha") ?? 1
        return [step.dy * (step.x > 0).choose(step.graph.scalar(1), else: step.y / alpha + 1)]
    },
    "Selu": Rule { step in
        let alpha = try step.float("alpha") ?? 1.673_263_2
        let gamma = try step.float("gamma") ?? 1.050_701
        return [step.dy * (step.x > 0).choose(step.graph.scalar(gamma), else: step.y + alpha * gamma)]
    },
    "Sigmoid": Rule { [$0.dy * $0.y * (1 - $0.y)] },
    "Tanh": Rule { [$0.dy * (1 - $0.y * $0.y)] },
    "Softplus": Rule { [$0.dy * $0.x.logistic] },
    "Softsign": Rule { step in
        let root = step.x.unary("Abs") + 1
        return [step.dy / (root * root)]
    },
    "HardSigmoid": Rule { step in
        let slope = step.dy * (try step.float("alpha") ?? 0.2)
        return [slope.kept(where: step.y > 0 && step.y < 1)]
    },
    // x · clip(x / 6 + 1/2, 0, 1)
    "HardSwish": Rule { step in
        let middle = step.x / 3 + 0.5
        let slope = (step.x < -3).choose(step.graph.scalar(0), else: middle)
        return [step.dy * (step.x > 3).choose(step.graph.scalar(1), else: slope)]
    },
    // x · sigmoid(α x)
    "Swish": Rule { step in
        let alpha = try step.float("alpha") ?? 1
        let gate = (step.x * alpha).logistic
        return [step.dy * gate * ((step.x * alpha) * (1 - gate) + 1)]
    },
    "Mish": Rule { step in
        let bounded = step.x.unary("Softplus").unary("Tanh")
        return [step.dy * (bounded + step.x * step.x.logistic * (1 - bounded * bounded))]
    },
    "Gelu": Rule { step in
        let (x, root) = (step.x, Float(0.797_884_6))  // √(2 / π)
        if try step.string("approximate") == "tanh" {
            let inner = (x * x * 0.044_715 + 1) * x * root
            let bounded = inner.unary("Tanh")
            let slope = (x * x * (3 * 0.044_715) + 1) * root
            return [step.dy * ((bounded + 1) * 0.5 + x * (1 - bounded * bounded) * slope * 0.5)]
        }
        let cumulative = ((x * 0.707_106_8).unary("Erf") + 1) * 0.5
        let density = (x * x * -0.5).exponential * (root * 0.5)
        return [step.dy * (cumulative + x * density)]
    },
    "Clip": Rule(clip),
    "Softmax": Rule { step in
        let weighted = step.dy * step.y
        return [weighted - step.y * weighted.sum(try softmaxAxes(step))]
    },
    "LogSoftmax": Rule { step in
        [step.dy - step.y.exponential * step.dy.sum(try softmaxAxes(step))]
    },
]

/// Clip's bounds are attributes up to operator set 10, and optional inputs from 11 on. At the bounds the gradient passes,
/// as in PyTorch.
@Sendable private func clip(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    func bound(_ attribute: String, _ position: Int) throws(Rule.Refusal) -> Value? {
        if let number = try step.float(attribute) { return step.graph.scalar(number) }
        return step.node.input(position).map { step.graph.value(of: $0) }
    }
    var gradient = step.dy
    if let low = try bound("min", 1) {
        let floor = try step.float("min") ?? step.node.input(1).flatMap { step.graph.constant($0)?.values.first }
        if floor == 0 { gradient = step.graph.rectifier.passed(gradient) }
        gradient = gradient.kept(where: step.x >= .value(low))
    }
    if let high = try bound("max", 2) { gradient = gradient.kept(where: step.x <= .value(high)) }
    return [gradient]
}

/// One axis from operator set 13 on; before, all axes from the given one to the last were one.
private func softmaxAxes(_ step: Step) throws(Rule.Refusal) -> [Int] {
    if step.operatorSet >= 13 { return [try step.axis(try step.int("axis") ?? -1)] }
    return Array(try step.axis(try step.int("axis") ?? 1)..<step.shape().count)
}
