/// Which axis of each tensor counts the pictures of a batch, followed from the batched tensor through the operators.
///
/// Shapes are those that tensors have for one picture. With a batch of N the axis is N times as long, and the picture's
/// number is the slower one in it: attention heads, for one, share the axis with the pictures.
struct BatchAxis {
    private let graph: Graph
    private let types: [String: TensorType]
    private var axes: [String: Int]

    /// - Parameter target: its first axis counts pictures.
    init(_ graph: Graph, target: String, types: [String: TensorType]) {
        (self.graph, self.types, axes) = (graph, types, [target: 0])
    }

    /// Nil for tensors that are the same for all pictures, and those where the axis was lost.
    subscript(tensor: String) -> Int? { axes[tensor] }

    /// Of an operator that only changes shapes: what a batch must be reshaped to.
    ///
    /// - Parameter batch: nil: as many as come in, which the engine is left to find (-1).
    ///
    /// Each picture's block of elements stays together, so the axis is where as many blocks come before it as did.
    /// - Returns: nil if there is no such axis.
    func reshaped(_ node: Node, batch: Int?) -> (shape: [Int], axis: Int?)? {
        guard let input = node.input(0), var shape = types[node.outputs[0]]?.shape else { return nil }
        guard let axis = axes[input] else { return (shape, nil) }
        guard let old = types[input]?.shape else { return nil }
        let before = old[..<axis].reduce(1, *)
        guard let found = shape.indices.first(where: { shape[..<$0].reduce(1, *) == before }) else { return nil }
        if let batch { shape[found] *= batch } else { shape[found] = -1 }
        return (shape, found)
    }

    mutating func set(_ axis: Int?, of tensor: String) { axes[tensor] = axis }

    /// Notes where an operator's outputs have the axis.
    mutating func follow(_ node: Node) {
        let found: Int? =
            switch node.op {
            // Their results are numbers about a shape.
            case "Shape", "Size": nil
            case "Transpose": transposed(node)
            case "Gather": gathered(node)
            case let op where op.hasPrefix("Reduce") || op.hasPrefix("Arg"): reduced(node)
            default: aligned(node)
            }
        for output in node.outputs where !output.isEmpty { axes[output] = found }
    }

    private func rank(_ tensor: String) -> Int? { types[tensor]?.shape.count }

    private func transposed(_ node: Node) -> Int? {
        guard let input = node.input(0), let axis = axes[input], let rank = rank(input) else { return nil }
        return (node.ints("perm") ?? (0..<rank).reversed()).firstIndex(of: axis)
    }

    private func gathered(_ node: Node) -> Int? {
        guard let input = node.input(0), let indices = node.input(1), let axis = axes[input],
            let rank = rank(input), let added = self.rank(indices)
        else { return nil }
        let given = node.int("axis") ?? 0
        let gathered = given < 0 ? given + rank : given
        if axis == gathered { return nil }
        return axis < gathered ? axis : axis + added - 1
    }

    private func reduced(_ node: Node) -> Int? {
        guard let input = node.input(0), let axis = axes[input], let rank = rank(input) else { return nil }
        if node.int("keepdims") ?? 1 != 0 { return axis }
        let isArgument = node.op.hasPrefix("Arg")
        let given =
            isArgument ? [node.int("axis") ?? 0] : node.ints("axes") ?? node.input(1).flatMap { graph.integers($0) }
        guard let gone = given?.map({ $0 < 0 ? $0 + rank : $0 }), !gone.contains(axis) else { return nil }
        return axis - gone.count { $0 < axis }
    }

    /// Operators that keep the axis, or line their inputs' shapes up at the end.
    private func aligned(_ node: Node) -> Int? {
        for input in node.inputs {
            guard let axis = axes[input], let rank = rank(input), let output = node.outputs.first else { continue }
            guard let made = self.rank(output) else { return axis }
            return made >= rank ? axis + made - rank : nil
        }
        return nil
    }
}
