/// What onnxruntime's optimiser makes one operator of, beside attention.

/// alpha · A B, either factor turned before it.
@Sendable func fusedMatMul(_ plain: inout PlainOperators) -> Bool {
    let node = plain.node
    guard let left = node.input(0), let right = node.input(1), node.int("transBatchA") ?? 0 == 0,
        node.int("transBatchB") ?? 0 == 0
    else { return false }
    var factors = [left, right]
    for (position, key) in ["transA", "transB"].enumerated() where node.int(key) ?? 0 != 0 {
        guard let rank = plain.tensorType(factors[position])?.shape.count, rank > 1 else { return false }
        factors[position] = plain.transposed(factors[position], Array(0..<rank - 2) + [rank - 1, rank - 2])
    }
    let alpha = node.float("alpha") ?? 1
    let product = plain.add("MatMul", factors, as: alpha == 1 ? node.outputs[0] : nil)
    if alpha != 1 { _ = plain.add("Mul", [product, plain.scalar(alpha)], as: node.outputs[0]) }
    return true
}

/// The normalisation of a sum, which may be given out, too.
@Sendable func skipLayerNormalization(_ plain: inout PlainOperators) -> Bool {
    let node = plain.node
    // The plain operator came with set 17.
    guard plain.operatorSet >= 17, let input = node.input(0), let skip = node.input(1), let scale = node.input(2),
        !plain.isRead(1), !plain.isRead(2)
    else { return false }
    let given = node.outputs.indices.contains(3) && !node.outputs[3].isEmpty ? node.outputs[3] : nil
    var summands = [input, skip]
    if let bias = node.input(4) { summands = [plain.add("Add", [input, bias]), skip] }
    let sum = plain.add("Add", summands, as: given)
    let parameters = [scale] + [node.input(3)].compactMap { $0 }
    _ = plain.add(
        "LayerNormalization", [sum] + parameters,
        [.int("axis", -1), .float("epsilon", node.float("epsilon") ?? 1e-12)], as: node.outputs[0])
    return true
}

/// x / 2 · (1 + erf(x / √2)), of x with or without a bias. Hendrycks and Gimpel 2016, arXiv:1606.08415.
@Sendable func gelu(_ plain: inout PlainOperators) -> Bool {
    guard let x = plain.biased else { return false }
    let gate = plain.add("Erf", [plain.add("Div", [x, plain.scalar(Float(2).squareRoot())])])
    plain.halve(x, gate)
    return true
}

/// Its approximation with tanh.
@Sendable func fastGelu(_ plain: inout PlainOperators) -> Bool {
    guard let x = plain.biased else { return false }
    let cube = plain.add("Mul", [plain.add("Mul", [x, x]), x])
    let inner = plain.add("Add", [x, plain.add("Mul", [cube, plain.scalar(0.044715)])])
    let gate = plain.add("Tanh", [plain.add("Mul", [inner, plain.scalar((2 / Float.pi).squareRoot())])])
    plain.halve(x, gate)
    return true
}

/// x · σ(alpha x).
@Sendable func quickGelu(_ plain: inout PlainOperators) -> Bool {
    guard let x = plain.node.input(0) else { return false }
    let scaled = plain.add("Mul", [x, plain.scalar(plain.node.float("alpha") ?? 1.702)])
    _ = plain.add("Mul", [x, plain.add("Sigmoid", [scaled])], as: plain.node.outputs[0])
    return true
}

extension PlainOperators {
    /// The first input, and the second one added where it is there.
    fileprivate var biased: String? {
        mutating get {
            guard let x = node.input(0) else { return nil }
            return node.input(1).map { add("Add", [x, $0]) } ?? x
        }
    }

    /// x · (gate + 1) / 2, as the node's output.
    fileprivate mutating func halve(_ x: String, _ gate: String) {
        let whole = add("Mul", [x, add("Add", [gate, scalar(1)])])
        _ = add("Mul", [whole, scalar(0.5)], as: node.outputs[0])
    }
}
