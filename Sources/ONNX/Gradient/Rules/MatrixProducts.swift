/// Matrix products.
let matrixProductRules: [String: Rule] = [
    "MatMul": Rule(.all, needs: 2, takes: 2) { step in try step.forEachWanted { try matMul(step, $0) } },
    "Gemm": Rule(.all, needs: 2, takes: 3) { step in try step.forEachWanted { try gemm(step, $0) } },
    "Einsum": Rule(.all) { step in try step.forEachWanted { try einsum(step, $0) } },
]

/// dA = dY · Bᵀ, dB = Aᵀ · dY. A vector counts as a matrix with one row (on the left) or one column (on the right).
private func matMul(_ step: Step, _ position: Int) throws(Rule.Refusal) -> Value {
    let (a, b) = (try step.shape(0, rank: 1), try step.shape(1, rank: 1))
    let left = a.count == 1 ? [1] + a : a
    let right = b.count == 1 ? b + [1] : b
    let batch = Broadcast.shape(Array(left.dropLast(2)), Array(right.dropLast(2)))
    let dy = step.dy.reshaped(to: batch + [left[left.count - 2], right[right.count - 1]])
    if position == 0 {
        let gradient = dy.matrixProduct(step.x(1).reshaped(to: right).matrixTransposed)
        return a.count == 1 ? try gradient.summed(to: left).reshaped(to: a) : gradient
    }
    let gradient = step.x(0).reshaped(to: left).matrixTransposed.matrixProduct(dy)
    return b.count == 1 ? try gradient.summed(to: right).reshaped(to: b) : gradient
}

/// Y = α · A' · B' + β · C, where A' and B' are A and B or transposed.
private func gemm(_ step: Step, _ position: Int) throws(Rule.Refusal) -> Value {
    let alpha = try step.float("alpha") ?? 1
    let (transA, transB) = (try step.flag("transA"), try step.flag("transB"))
    guard step.shape(0).count == 2, step.shape(1).count == 2, step.dy.rank == 2 else {
        throw step.refuse("its inputs are no matrices")
    }
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
    default: return step.dy * (try step.float("beta") ?? 1)
    }
}

/// The gradient of an operand is an Einstein sum of the output's gradient and the other operands, if each of its letters
/// stands in one of those.
private func einsum(_ step: Step, _ position: Int) throws(Rule.Refusal) -> Value {
    let equation = (try step.string("equation") ?? "").filter { $0 != " " }
    let refusal = step.refuse("its equation is '\(equation.prefix(80))'")
    let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let left = sides.first, !equation.contains(".") else { throw refusal }
    let terms = left.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    var output = ""
    if sides.count == 2 {
        guard sides[1].first == ">" else { throw refusal }
        output = String(sides[1].dropFirst())
    } else {
        // Without an arrow: the letters that stand once, by the alphabet.
        let counts = terms.joined().reduce(into: [Character: Int]()) { $0[$1, default: 0] += 1 }
        output = String(counts.filter { $0.value == 1 }.keys.sorted())
    }
    guard terms.count == step.node.inputs.count, output.count == step.dy.rank,
        terms.indices.allSatisfy({ terms[$0].count == step.shape($0).count })
    else { throw refusal }
    let others = terms.indices.filter { $0 != position }
    let wanted = terms[position]
    guard Set(wanted).count == wanted.count, Set(output).count == output.count else { throw refusal }
    let given = Set(output + others.map { terms[$0] }.joined())
    // A letter that stands in the operand alone was summed over: all along it the gradient is the same.
    let kept = wanted.filter(given.contains)
    let sums = ([output] + others.map { terms[$0] }).joined(separator: ",")
    let shape = step.shape(position)
    let sizes = zip(wanted, shape).map { given.contains($0) ? $1 : 1 }
    let gradient = step.graph.product(
        "Einsum", [step.dy] + others.map { step.x($0) }, [.string("equation", "\(sums)->\(kept)")],
        shape: zip(wanted, shape).filter { given.contains($0.0) }.map(\.1))
    return gradient.reshaped(to: sizes).expanded(to: shape)
}
