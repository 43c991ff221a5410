/// A constant's numbers.
struct Constant: Equatable {
    var shape: [Int]
    /// Float, row-major; at least one, so that no dimension is 0.
    var values: [Float]
}

/// Tensors that are the same for every picture: initialisers, Constant nodes, and what exporters put between those and
/// the operator that reads them.
extension Graph {
    /// The value of a tensor, or nil if it depends on the input or is made in a way that is not followed.
    ///
    /// - Parameter depth: how many operators are followed at most.
    func constant(_ tensor: String, depth: Int = 8) -> Constant? {
        if let stored = initialiser(tensor) { return Constant(stored) }
        guard depth > 0, let node = producer(of: tensor) else { return nil }
        if node.op == "Constant" { return Constant(of: node) }
        if node.op == "DequantizeLinear" { return dequantised(node, depth: depth - 1) }
        guard let name = node.input(0), let input = constant(name, depth: depth - 1) else { return nil }
        switch node.op {
        case "Identity": return input
        case "Cast":
            return node.int("to").flatMap { ElementType(rawValue: $0) }?.isFloat == true ? input : nil
        case "Transpose":
            return input.transposed(node.ints("perm"))
        case "Reshape":
            return node.input(1).flatMap { integers($0) }.flatMap { input.reshaped($0) }
        case "Squeeze":
            return input.squeezed(node.ints("axes") ?? node.input(1).flatMap { integers($0) })
        default: return nil
        }
    }

    /// The value of a constant tensor of integers: axes, shapes.
    func integers(_ tensor: String) -> [Int]? {
        if let stored = initialiser(tensor) { return stored.integers() }
        guard let node = producer(of: tensor) else { return nil }
        switch node.op {
        case "Constant": return node.tensor("value")?.integers() ?? node.ints("value_ints") ?? node.ints("value_int")
        case "Identity": return node.input(0).flatMap { initialiser($0)?.integers() }
        default: return nil
        }
    }

    /// (x - zero point) · scale, with one scale in all or one for each index of an axis.
    private func dequantised(_ node: Node, depth: Int) -> Constant? {
        guard node.int("block_size") ?? 0 == 0, let name = node.input(0), let scaleName = node.input(1),
            var result = constant(name, depth: depth), let scale = constant(scaleName, depth: depth)
        else { return nil }
        var zeros = [Float](repeating: 0, count: scale.values.count)
        if let name = node.input(2) {
            guard let given = constant(name, depth: depth), given.values.count == zeros.count else { return nil }
            zeros = given.values
        }
        if scale.values.count == 1 {
            for index in result.values.indices {
                result.values[index] = (result.values[index] - zeros[0]) * scale.values[0]
            }
            return result
        }
        let given = node.int("axis") ?? 1
        let axis = given < 0 ? given + result.shape.count : given
        guard result.shape.indices.contains(axis), result.shape[axis] == scale.values.count else { return nil }
        let stride = result.shape[(axis + 1)...].reduce(1, *)
        for index in result.values.indices {
            let slice = index / stride % scale.values.count
            result.values[index] = (result.values[index] - zeros[slice]) * scale.values[slice]
        }
        return result
    }
}

extension Constant {
    fileprivate init?(_ tensor: Tensor) {
        guard let values = tensor.floats(), !values.isEmpty else { return nil }
        self.init(shape: tensor.shape, values: values)
    }

    fileprivate init?(of node: Node) {
        if let tensor = node.tensor("value") {
            self.init(tensor)
        } else if let value = node.float("value_float") {
            self.init(shape: [], values: [value])
        } else if let values = node.floats("value_floats"), !values.isEmpty {
            self.init(shape: [values.count], values: values)
        } else if let value = node.int("value_int") {
            self.init(shape: [], values: [Float(value)])
        } else if let values = node.ints("value_ints"), !values.isEmpty {
            self.init(shape: [values.count], values: values.map { Float($0) })
        } else {
            return nil
        }
    }

    /// Matrices only; every other shape must stay as it is.
    func transposed(_ order: [Int]?) -> Constant? {
        let order = order ?? shape.indices.reversed()
        if order == Array(shape.indices) { return self }
        guard order == [1, 0], shape.count == 2 else { return nil }
        let (rows, columns) = (shape[0], shape[1])
        let turned = [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
            for column in 0..<columns {
                for row in 0..<rows { buffer[column * rows + row] = values[row * columns + column] }
            }
            count = values.count
        }
        return Constant(shape: [columns, rows], values: turned)
    }

    /// 0 keeps a dimension, -1 takes what is left.
    fileprivate func reshaped(_ wanted: [Int]) -> Constant? {
        var dims = wanted
        for index in dims.indices where dims[index] == 0 && shape.indices.contains(index) { dims[index] = shape[index] }
        let known = dims.filter { $0 != -1 }
        guard let count = Tensor.count(known.map { Int64($0) }), known.count + 1 >= dims.count else { return nil }
        if let open = dims.firstIndex(of: -1) {
            guard count > 0 else { return nil }
            dims[open] = values.count / count
        }
        guard Tensor.count(dims.map { Int64($0) }) == values.count else { return nil }
        return Constant(shape: dims, values: values)
    }

    fileprivate func squeezed(_ axes: [Int]?) -> Constant? {
        let dropped = Set((axes ?? shape.indices.filter { shape[$0] == 1 }).map { $0 < 0 ? $0 + shape.count : $0 })
        guard dropped.allSatisfy({ shape.indices.contains($0) && shape[$0] == 1 }) else { return nil }
        return Constant(shape: shape.indices.filter { !dropped.contains($0) }.map { shape[$0] }, values: values)
    }
}
