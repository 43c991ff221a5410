/// Arithmetic, element by element. Of two operands either may be broadcast.
let elementwiseRules: [String: Rule] = [
    "Add": Rule(.all, needs: 2, takes: 2) { [$0.dy, $0.dy] },
    "Sub": Rule(.all, needs: 2, takes: 2) { step in step.forEachWanted { $0 == 0 ? step.dy : -step.dy } },
    "Mul": Rule(.all, needs: 2, takes: 2) { step in
        swish(step) ?? step.forEachWanted { step.dy * step.x(1 - $0) }
    },
    "Div": Rule(.all, needs: 2, takes: 2) { step in
        step.forEachWanted { position in
            let dividend = step.dy / step.x(1)
            return position == 0 ? dividend : -(dividend * step.y)
        }
    },
    "Pow": Rule(.all, needs: 2, takes: 2) { step in
        step.forEachWanted { $0 == 0 ? powerBase(step) : powerExponent(step) }
    },
    // The sign is the divisor's, or with fmod the dividend's; x mod d = x - d · (a whole number).
    "Mod": Rule(needs: 2, takes: 2) { [$0.dy] },
    "Sum": Rule(.all) { step in step.node.inputs.map { _ in step.dy } },
    "Mean": Rule(.all) { step in
        let share = step.dy / Float(step.node.inputs.count)
        return step.node.inputs.map { _ in share }
    },
    "Max": Rule(.all, extremum),
    "Min": Rule(.all, extremum),
    "Neg": Rule { [-$0.dy] },
    "Abs": Rule { [$0.dy * $0.x.unary("Sign")] },
    "Reciprocal": Rule { [-($0.dy * $0.y * $0.y)] },
    "Sqrt": Rule { [$0.dy / $0.y * 0.5] },
    "Exp": Rule { [$0.dy * $0.y] },
    "Log": Rule { [$0.dy / $0.x] },
    "Sin": Rule { [$0.dy * $0.x.unary("Cos")] },
    "Cos": Rule { [-($0.dy * $0.x.unary("Sin"))] },
    "Tan": Rule { [$0.dy * ($0.y * $0.y + 1)] },
    "Sinh": Rule { [$0.dy * $0.x.unary("Cosh")] },
    "Cosh": Rule { [$0.dy * $0.x.unary("Sinh")] },
    "Atan": Rule { [$0.dy / ($0.x * $0.x + 1)] },
    // d erf(x) = 2 / √π · exp(-x²)
    "Erf": Rule { [$0.dy * (-($0.x * $0.x)).exponential * 1.128_379_2] },
    "Identity": Rule { [$0.dy] },
    // It does nothing in inference.
    "Dropout": Rule(hasDiscreteOutputs: true) { step in
        if let training = step.node.input(2), step.graph.integers(training) != [0] {
            throw step.refuse("it is in training mode")
        }
        return [step.dy]
    },
    // To floats only: whole numbers have no gradient.
    "Cast": Rule { [$0.dy] },
    "CastLike": Rule(needs: 2) { [$0.dy] },
    "Where": Rule(.only([1, 2]), needs: 3, takes: 3) { step in
        let mask = Mask(step.x(0))
        return step.forEachWanted { position in
            let zero = step.graph.scalar(0)
            return position == 1 ? mask.choose(step.dy, else: zero) : mask.choose(zero, else: step.dy)
        }
    },
]

/// x · σ(x) as one function, where many gradients go through it: σ + x · σ · (1 - σ) is the same for all of them. Nil for
/// other products.
private func swish(_ step: Step) -> [Value?]? {
    guard step.graph.isBatched, let whole = step.graph.swishInput(of: step.node), step.wants(whole) else { return nil }
    let (x, gate) = (step.x(whole), step.x(1 - whole))
    let gradient = step.dy * (gate + x * gate * (1 - gate))
    return whole == 0 ? [gradient, nil] : [nil, gradient]
}

/// p · x^(p - 1), which is 0 where p is 0.
private func powerBase(_ step: Step) -> Value {
    if let exponent = step.graph.constant(step.node.inputs[1]), exponent.values.count == 1 {
        let power = exponent.values[0]
        if power == 2 { return step.dy * step.x * 2 }
        return power == 0 ? step.dy * 0 : step.dy * step.x.power(power - 1) * power
    }
    let exponent = step.x(1)
    let isZero = exponent.isEqual(to: step.graph.scalar(0))
    return isZero.choose(step.graph.scalar(0), else: step.dy * exponent * step.x.power(exponent - 1))
}

/// x^p · log x, which goes to 0 where x does.
private func powerExponent(_ step: Step) -> Value {
    let isPositive = step.x > 0
    let base = isPositive.choose(step.x, else: step.graph.scalar(1))
    return step.dy * step.y * base.unary("Log")
}

/// The operand that is the maximum (or minimum) gets the gradient; equal ones get half of it each, as in PyTorch.
@Sendable private func extremum(_ step: Step) throws(Rule.Refusal) -> [Value?] {
    guard step.node.inputs.count <= 2 else { throw step.refuse("it has more than two inputs") }
    if step.node.inputs.count == 1 { return [step.dy] }
    return step.forEachWanted { position in
        let (mine, other) = (step.x(position), step.x(1 - position))
        let wins = step.node.op == "Max" ? mine > .value(other) : mine < .value(other)
        let half = mine.isEqual(to: other).asFloat * 0.5
        return step.dy * (wins.asFloat + half)
    }
}
