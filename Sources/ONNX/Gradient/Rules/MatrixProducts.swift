/// Matrix products.
let matrixProductRules: [String: Rule] = [
    "MatMul": Rule(.all) { step in step.forEachWanted { matMul(step, $0) } },
    "Gemm": Rule(.all) { step in step.forEachWanted { gemm(step, $0) } },
    "Einsum": Rule(.all) { step in try step.forEachWanted { try einsum(step, $0) } },
]

/// dA = dY · Bᵀ, dB = Aᵀ · dY. A vector counts as a matrix with one row (on the left) or one column (on the right).
private func matMul(_ step: Step, _ position: Int) -> Value {
    let (a, b) = (step.shape(0), step.shape(1))
    let left = a.count == 1 ? [1] + a : a
    let right = b.count == 1 ? b + [1] : b
    let batch = Broadcast.shape(Array(left.dropLast(2)), Array(right.dropLast(2)))
    let dy = step.dy.reshaped(to: batch + [left[left.count - 2], right[right.count - 1]])
    if position == 0 {
        let gradient = dy.matrixProduct(step.x(1).reshaped(to: right).matrixTransposed)
        return a.count == 1 ? gradient.summed(to: left).reshaped(to: a) : gradient
    }
    let gradient = step.x(0).reshaped(to: left).matrixTransposed.matrixProduct(dy)
    return b.count == 1 ? gradient.summed(to: right).reshaped(to: b) : gradient
}

/// Y = α · A' · B' + β · C, where A' and B' are A and B or transposed.
private func gemm(_ step: Step, _ position: Int) -> Value {
    let alpha = step.node.float("alpha") ?? 1
    let transA = step.node.int("transA") ?? 0 != 0
    let transB = step.node.int("transB") ?? 0 != 0
    func product(_ a: Value, _ b: Value, _ turnA: Bool, _ turnB: Bool) -> Value {
        step.graph.product(
            "Gemm", [a, b],
            [.float("alpha", alpha), .int("transA", turnA ? 1 : 0), .int("transB", turnB ? 1 : 0)],
            shape: [turnA ? a.shape[1] : a.shape[0], turnB ? b.shape[0] : b.shape[1]])
    }
    switch (position, transA, transB) {
    case (0, false, _): return product(step.dy, step.x(1), false, !transB)
    case (0, true, _): return product(step.x(1), step.dy, transB, true)
    case (1, _, false): return product(step.x(0), step.dy, !transA, false)
    case (1, _, true): return product(step.dy, step.x(0), true, transA)
    default: return step.dy * (step.node.float("beta") ?? 1)
    }
}

/// The gradient of an operand is an Einstein sum of the output's gradient and the other operands, if each of its letters
/// stands in one of those.
private func einsum(_ step: Step, _ position: Int) throws(Rule.Refusal) -> Value {
    let equation = (step.node.string("equation") ?? "").filter { $0 != " " }
    let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, sides[1].first == ">", !equation.contains(".") else {
        throw step.refuse("of its equation '\(equation)'")
    }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    let output = String(sides[1].dropFirst())
    guard terms.count == step.node.inputs.count else { throw step.refuse("of its equation '\(equation)'") }
    let others = terms.indices.filter { $0 != position }
    let wanted = terms[position]
    let given = Set(output + others.map { terms[$0] }.joined())
    guard Set(wanted).count == wanted.count, Set(output).count == output.count, wanted.allSatisfy(given.contains) else {
        throw step.refuse("of its equation '\(equation)'")
    }
    let left = ([output] + others.map { terms[$0] }).joined(separator: ",")
    return step.graph.product(
        "Einsum", [step.dy] + others.map { step.x($0) }, [.string("equation", "\(left)->\(wanted)")],
        shape: step.shape(position))
}
