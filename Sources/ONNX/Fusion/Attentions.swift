/// Scaled dot-product attention over heads: softmax(scale · Q Kᵀ + mask) V. Vaswani et al. 2017, arXiv:1706.03762, eq. 1.
private struct Heads {
    /// `[batch, heads, tokens, size]`
    let q: String
    let k: String
    let v: String
    let size: Int
    /// Added to the scores before the softmax, or, of truth values, what is looked at.
    let mask: String?
    let scale: Float?
}

/// ONNX's own, of operator set 23.
@Sendable func attention(_ plain: inout PlainOperators) -> Bool {
    let node = plain.node
    guard (4...).allSatisfyBelow(node.inputs.count, { node.input($0) == nil }), node.int("is_causal") ?? 0 == 0,
        node.float("softcap") ?? 0 == 0, !(1..<4).contains(where: { plain.isRead($0) }),
        let names = queryKeyValue(node), let q = plain.tensorType(names[0])?.shape,
        let k = plain.tensorType(names[1])?.shape,
        let v = plain.tensorType(names[2])?.shape, q.count == k.count, k.count == v.count
    else { return false }
    let (mask, scale) = (node.input(3), node.float("scale"))
    if q.count == 4 {
        guard q[1] == k[1], q[1] == v[1] else { return false }
        let heads = Heads(q: names[0], k: names[1], v: names[2], size: q[3], mask: mask, scale: scale)
        return plain.attend(heads, as: node.outputs[0])
    }
    guard q.count == 3, let count = node.int("q_num_heads"), let shared = node.int("kv_num_heads"), count > 0,
        shared > 0, count % shared == 0, q[2] % count == 0, k[2] % shared == 0, v[2] % shared == 0
    else { return false }
    let heads = Heads(
        q: plain.split(names[0], q, count), k: plain.split(names[1], k, shared, copies: count / shared),
        v: plain.split(names[2], v, shared, copies: count / shared), size: q[2] / count, mask: mask, scale: scale)
    return plain.join(heads, [q[0], q[1], v[2] / shared * count])
}

/// onnxruntime's, behind the projections.
@Sendable func multiHeadAttention(_ plain: inout PlainOperators) -> Bool {
    let node = plain.node
    guard node.input(4) == nil, (6...).allSatisfyBelow(node.inputs.count, { node.input($0) == nil }),
        node.int("unidirectional") ?? 0 == 0, !(1..<4).contains(where: { plain.isRead($0) }),
        let count = node.int("num_heads"), count > 0, var names = queryKeyValue(node)
    else { return false }
    let shapes = names.compactMap { plain.tensorType($0)?.shape }
    guard shapes.count == 3, shapes.allSatisfy({ $0.count == 3 && $0[2] % count == 0 }) else { return false }
    if let bias = node.input(3) {
        var first = 0
        for part in names.indices {
            let range = first..<first + shapes[part][2]
            names[part] = plain.add("Add", [names[part], plain.sliced(bias, range, axis: 0)])
            first = range.upperBound
        }
    }
    return plain.attend(names, shapes, heads: count, mask: node.input(5))
}

/// onnxruntime's, with the projections in it.
@Sendable func packedAttention(_ plain: inout PlainOperators) -> Bool {
    let node = plain.node
    guard node.input(3) == nil, node.input(4) == nil,
        (6...).allSatisfyBelow(node.inputs.count, { node.input($0) == nil }),
        node.int("unidirectional") ?? 0 == 0, node.int("do_rotary") ?? 0 == 0, !plain.isRead(1),
        let count = node.int("num_heads"), count > 0, let input = node.input(0), let weight = node.input(1),
        let shape = plain.tensorType(input)?.shape, shape.count == 3,
        let width = plain.tensorType(weight)?.shape.last
    else { return false }
    let sizes = node.ints("qkv_hidden_sizes") ?? [Int](repeating: width / 3, count: 3)
    guard sizes.count == 3, sizes.reduce(0, +) == width, sizes.allSatisfy({ $0 > 0 && $0 % count == 0 }) else {
        return false
    }
    var packed = plain.add("MatMul", [input, weight])
    if let bias = node.input(2) { packed = plain.add("Add", [packed, bias]) }
    var (names, first): ([String], Int) = ([], 0)
    for size in sizes {
        names.append(plain.sliced(packed, first..<first + size, axis: 2))
        first += size
    }
    return plain.attend(names, sizes.map { [shape[0], shape[1], $0] }, heads: count, mask: node.input(5))
}

/// Query, key and value; nil where one is missing.
private func queryKeyValue(_ node: Node) -> [String]? {
    let found = (0..<3).compactMap { node.input($0) }
    return found.count == 3 ? found : nil
}

extension PartialRangeFrom<Int> {
    fileprivate func allSatisfyBelow(_ end: Int, _ holds: (Int) -> Bool) -> Bool {
        end <= lowerBound || (lowerBound..<end).allSatisfy(holds)
    }
}

extension PlainOperators {
    /// Of query, key and value `[batch, tokens, width]`.
    fileprivate mutating func attend(_ names: [String], _ shapes: [[Int]], heads count: Int, mask: String?) -> Bool {
        let scale = node.float("scale").flatMap { $0 == 0 ? nil : $0 }
        let heads = Heads(
            q: split(names[0], shapes[0], count), k: split(names[1], shapes[1], count),
            v: split(names[2], shapes[2], count), size: shapes[0][2] / count, mask: mask, scale: scale)
        return join(heads, [shapes[0][0], shapes[0][1], shapes[2][2]])
    }

    /// - Parameter copies: of each head, one beside the other.
    fileprivate mutating func split(_ tensor: String, _ shape: [Int], _ heads: Int, copies: Int = 1) -> String {
        let size = shape[2] / heads
        let turned = transposed(reshaped(tensor, [shape[0], shape[1], heads, size]), [0, 2, 1, 3])
        guard copies > 1 else { return turned }
        let single = reshaped(turned, [shape[0], heads, 1, shape[1], size])
        let spread = add("Expand", [single, integers([shape[0], heads, copies, shape[1], size])])
        return reshaped(spread, [shape[0], heads * copies, shape[1], size])
    }

    /// The heads' outputs side by side, as the node's output.
    fileprivate mutating func join(_ heads: Heads, _ shape: [Int]) -> Bool {
        var mixed = ""
        guard attend(heads, as: nil, &mixed) else { return false }
        _ = reshaped(transposed(mixed, [0, 2, 1, 3]), shape, as: node.outputs[0])
        return true
    }

    fileprivate mutating func attend(_ heads: Heads, as output: String) -> Bool {
        var made = ""
        return attend(heads, as: output, &made)
    }

    private mutating func attend(_ heads: Heads, as output: String?, _ made: inout String) -> Bool {
        let scale = heads.scale ?? 1 / Float(heads.size).squareRoot()
        var scores = add("MatMul", [heads.q, transposed(heads.k, [0, 1, 3, 2])])
        scores = add("Mul", [scores, scalar(scale)])
        if let mask = heads.mask {
            guard let kind = tensorType(mask)?.elementType else { return false }
            if kind == .bool {
                scores = add("Where", [mask, scores, scalar(-10_000)])
            } else {
                scores = add("Add", [scores, mask])
            }
        }
        made = add("MatMul", [add("Softmax", [scores], [.int("axis", -1)]), heads.v], as: output)
        return true
    }
}
