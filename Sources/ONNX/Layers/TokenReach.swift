/// Which tokens of each tensor the class scores depend on: all of them, or the class tokens alone.
///
/// Behind the last attention, a head that reads the class token makes everything of the patches' tokens vain: their
/// gradient is zero. One walk back from the scores finds where that begins.
struct TokenReach {
    private enum Reach: Equatable {
        case all
        /// Of the tokens along one axis, the ones before the grid.
        case prefix(axis: Int)
    }

    private var reach: [String: Reach] = [:]
    private let graph: Graph
    private let tracking: AxisTracking
    private let types: [String: TensorType]

    init(_ graph: Graph, before scores: String, tracking: AxisTracking, types: [String: TensorType]) {
        (self.graph, self.tracking, self.types) = (graph, tracking, types)
        reach[scores] = .all
        for node in tracking.nodes.reversed() {
            if case .none = RuleTable.effect(of: node) { continue }
            for output in node.outputs {
                guard let wanted = reach[output] else { continue }
                for position in node.inputs.indices { add(wanted, at: position, of: node, for: output) }
            }
        }
    }

    /// Whether the scores depend on the places of a map.
    func includesPlaces(of tensor: String) -> Bool { reach[tensor] == .all }

    private mutating func add(_ wanted: Reach, at position: Int, of node: Node, for output: String) {
        guard let input = node.input(position), let axes = tracking.axes[input],
            var found = source(of: wanted, in: input, at: position, of: node, for: output)
        else { return }
        if case .prefix(let axis) = found, !axes.indices.contains(axis) { found = .all }
        reach[input] = reach[input].map { $0 == found ? found : .all } ?? found
    }

    /// What is wanted of an input for an output; nil: nothing.
    private func source(
        of wanted: Reach, in input: String, at position: Int, of node: Node, for output: String
    ) -> Reach? {
        guard let shape = tracking.shape(of: input), let axes = tracking.axes[input] else { return .all }
        if position == 0 {
            for chosen in graph.selections(by: node, for: output, of: shape, types: types) {
                guard let prefix = axes[chosen.axis].tokens?.prefix, prefix > 0 else { continue }
                if chosen.first + (chosen.count - 1) * chosen.step < prefix { return .prefix(axis: chosen.axis) }
            }
        }
        // What is not known may mix tokens.
        if case .unknown = RuleTable.effect(of: node) { return .all }
        guard case .prefix(let axis) = wanted, let made = tracking.axes[output], made.indices.contains(axis) else {
            return .all
        }
        let isHere = { (axis: Int?) -> Bool in axis.map { axes.indices.contains($0) && axes[$0] == made[$0] } ?? false }
        switch node.op {
        case "MatMul", "Gemm":
            return factor(position, axis, rank: made.count, shape.count, node).map { .prefix(axis: $0) } ?? .all
        case "Einsum":
            guard let equation = node.einsum, equation.inputs.indices.contains(position),
                equation.output.indices.contains(axis)
            else { return .all }
            return equation.inputs[position].firstIndex(of: equation.output[axis]).map { .prefix(axis: $0) } ?? .all
        case "Transpose":
            let order = node.ints("perm") ?? made.indices.reversed()
            return order.indices.contains(axis) ? .prefix(axis: order[axis]) : .all
        case "Concat" where node.int("axis").map({ $0 < 0 ? $0 + made.count : $0 }) == axis:
            // The class token is put before the grid here: nothing of the grid is wanted.
            guard axes.indices.contains(axis) else { return .all }
            return axes[axis].tokens == nil ? .all : axes[axis].tokens?.prefix == 0 ? nil : wanted
        case "Softmax", "LogSoftmax", "LayerNormalization":
            let given = node.int("axis") ?? -1
            let mixed = given < 0 ? given + made.count : given
            let isMixed = node.op == "LayerNormalization" ? axis >= mixed : axis == mixed
            return isMixed || !isHere(axis) ? .all : wanted
        default:
            // The same axis, counted from the last one; else the only one that holds the same tokens.
            let same = axis + axes.count - made.count
            if axes.count <= made.count, axes.indices.contains(same), axes[same] == made[axis] {
                return .prefix(axis: same)
            }
            let like = axes.indices.filter { axes[$0] == made[axis] }
            if like.count == 1 { return .prefix(axis: like[0]) }
            // Spread over the tokens: a scale, a bias, a mask.
            return axes.indices.contains(same) && axes[same] == .single ? wanted : .all
        }
    }

    /// The axis of a product's factor that becomes an axis of the product; nil where it goes over it in sums.
    private func factor(_ position: Int, _ axis: Int, rank: Int, _ inputRank: Int, _ node: Node) -> Int? {
        if node.op == "Gemm" { return position == 0 && axis == 0 ? node.int("transA") ?? 0 : nil }
        let own = axis + inputRank - rank
        if axis == rank - 2 { return position == 0 ? own : nil }
        if axis == rank - 1 { return position == 1 ? own : nil }
        return own >= 0 ? own : nil
    }
}
