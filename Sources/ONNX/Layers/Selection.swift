/// The positions that a Slice, Split or Gather takes along one axis of its data.
struct Selection: Equatable {
    let axis: Int
    let first: Int
    let count: Int
    let step: Int
    /// Whether the axis is gone afterwards: a single position was taken.
    var dropsAxis = false
}

extension Graph {
    /// What a node selects of its first input for one of its outputs; empty where that is not constant, or where the node
    /// selects nothing.
    ///
    /// - Parameter shape: of the first input.
    func selections(by node: Node, for output: String, of shape: [Int], types: [String: TensorType]) -> [Selection] {
        switch node.op {
        case "Slice": slices(node, shape, types[output]?.shape)
        case "Split": split(node, output, shape, types).map { [$0] } ?? []
        case "Gather": gather(node, shape, types[output]?.shape).map { [$0] } ?? []
        default: []
        }
    }

    private func slices(_ node: Node, _ shape: [Int], _ made: [Int]?) -> [Selection] {
        func setting(_ name: String, _ position: Int) -> [Int]? {
            node.ints(name) ?? node.input(position).flatMap { integers($0) }
        }
        guard let starts = setting("starts", 1), let made, made.count == shape.count else { return [] }
        let axes = setting("axes", 3) ?? Array(starts.indices)
        let steps = setting("steps", 4) ?? Array(repeating: 1, count: starts.count)
        guard axes.count == starts.count, steps.count == starts.count else { return [] }
        return zip(axes, zip(starts, steps)).compactMap { axis, slice in
            let axis = axis < 0 ? axis + shape.count : axis
            guard shape.indices.contains(axis), slice.1 > 0 else { return nil }
            let first = slice.0 < 0 ? max(0, slice.0 + shape[axis]) : min(slice.0, shape[axis])
            // A longer step takes one position, too.
            return Selection(axis: axis, first: first, count: made[axis], step: min(slice.1, max(1, shape[axis])))
        }
    }

    private func split(
        _ node: Node, _ output: String, _ shape: [Int], _ types: [String: TensorType]
    ) -> Selection? {
        let given = node.int("axis") ?? 0
        let axis = given < 0 ? given + shape.count : given
        guard shape.indices.contains(axis) else { return nil }
        var first = 0
        for part in node.outputs {
            guard let made = types[part]?.shape, made.count == shape.count else { return nil }
            if part == output { return Selection(axis: axis, first: first, count: made[axis], step: 1) }
            first += made[axis]
        }
        return nil
    }

    private func gather(_ node: Node, _ shape: [Int], _ made: [Int]?) -> Selection? {
        let given = node.int("axis") ?? 0
        let axis = given < 0 ? given + shape.count : given
        guard shape.indices.contains(axis), let made, let name = node.input(1), let indices = integers(name) else {
            return nil
        }
        let positions = indices.map { $0 < 0 ? $0 + shape[axis] : $0 }
        guard let first = positions.first, made.count == shape.count || made.count == shape.count - 1,
            zip(positions, positions.dropFirst()).allSatisfy({ $1 == $0 + 1 })
        else { return nil }
        return Selection(
            axis: axis, first: first, count: positions.count, step: 1, dropsAxis: made.count < shape.count)
    }
}
