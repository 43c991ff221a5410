/// Follows elements of a detector's class scores back to the logits that they come of: through operators that only move
/// elements, and through one sigmoid or softmax.
///
/// So the class's score before the sigmoid can be differentiated where it is computed, and what moves it about later, in
/// tensors of all candidates, is no part of the backward graph.
struct ScoreTrace {
    let graph: Graph
    let types: [String: TensorType]

    struct Place: Equatable {
        var tensor: String
        /// Counted over all elements, row-major.
        var element: Int
    }

    /// Where an element was computed.
    func origin(of place: Place) -> Place {
        var place = place
        var isActivated = false
        // An acyclic graph ends.
        while let node = graph.producer(of: place.tensor) {
            if Self.activations.contains(node.op) {
                guard !isActivated else { break }
                isActivated = true
            }
            guard let before = step(back: node, from: place), types[before.tensor] != nil else { break }
            place = before
        }
        return place
    }

    private static let activations: Set<String> = ["Sigmoid", "HardSigmoid", "Softmax", "LogSoftmax"]

    private func step(back node: Node, from place: Place) -> Place? {
        guard let input = node.input(0) else { return nil }
        switch node.op {
        case "Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze":
            return place.tensor == node.outputs[0] ? Place(tensor: input, element: place.element) : nil
        case let op where Self.activations.contains(op): return Place(tensor: input, element: place.element)
        case "Cast":
            return types[input]?.elementType.isFloat == true ? Place(tensor: input, element: place.element) : nil
        case "Transpose": return transposed(node, input, place)
        case "Concat": return concatenated(node, place)
        case "Slice", "Split", "Gather": return selected(node, input, place)
        case "Mul": return gated(node, place)
        default: return nil
        }
    }

    private func transposed(_ node: Node, _ input: String, _ place: Place) -> Place? {
        guard let old = types[input]?.shape, let shape = types[place.tensor]?.shape else { return nil }
        let order = node.ints("perm") ?? old.indices.reversed()
        guard order.sorted() == Array(old.indices), shape.count == old.count else { return nil }
        let coordinates = Self.coordinates(of: place.element, in: shape)
        var before = coordinates
        for (axis, from) in order.enumerated() { before[from] = coordinates[axis] }
        return Place(tensor: input, element: Self.element(at: before, in: old))
    }

    private func concatenated(_ node: Node, _ place: Place) -> Place? {
        guard let shape = types[place.tensor]?.shape else { return nil }
        let given = node.int("axis") ?? 1
        let axis = given < 0 ? given + shape.count : given
        guard shape.indices.contains(axis) else { return nil }
        var coordinates = Self.coordinates(of: place.element, in: shape)
        for input in node.inputs {
            guard let old = types[input]?.shape, old.count == shape.count else { return nil }
            if coordinates[axis] < old[axis] {
                return Place(tensor: input, element: Self.element(at: coordinates, in: old))
            }
            coordinates[axis] -= old[axis]
        }
        return nil
    }

    private func selected(_ node: Node, _ input: String, _ place: Place) -> Place? {
        guard let old = types[input]?.shape, let shape = types[place.tensor]?.shape else { return nil }
        let selections = graph.selections(by: node, for: place.tensor, of: old, types: types)
        let asked =
            node.op == "Slice" ? (node.ints("starts") ?? node.input(1).flatMap { graph.integers($0) })?.count : 1
        // One that turns an axis around or takes positions here and there is not understood.
        guard selections.count == asked else { return nil }
        var coordinates = Self.coordinates(of: place.element, in: shape)
        if let dropped = selections.first(where: \.dropsAxis) {
            guard shape.count == old.count - 1 else { return nil }
            coordinates.insert(0, at: dropped.axis)
        }
        guard coordinates.count == old.count else { return nil }
        for selection in selections {
            coordinates[selection.axis] = selection.first + coordinates[selection.axis] * selection.step
        }
        guard zip(coordinates, old).allSatisfy({ (0..<$1).contains($0) }) else { return nil }
        return Place(tensor: input, element: Self.element(at: coordinates, in: old))
    }

    /// A class's probability times that of there being an object at all, which has one number for all classes: the class
    /// is the target.
    private func gated(_ node: Node, _ place: Place) -> Place? {
        guard let first = node.input(0), let second = node.input(1), let shape = types[place.tensor]?.shape,
            let shapes = [first, second].map({ types[$0]?.shape }) as? [[Int]]
        else { return nil }
        let whole = shapes.map { $0 == shape }
        guard whole[0] != whole[1] else { return nil }
        return Place(tensor: whole[0] ? first : second, element: place.element)
    }

    static func coordinates(of element: Int, in shape: [Int]) -> [Int] {
        var rest = element
        var coordinates = shape
        for axis in shape.indices.reversed() {
            coordinates[axis] = rest % max(1, shape[axis])
            rest /= max(1, shape[axis])
        }
        return coordinates
    }

    static func element(at coordinates: [Int], in shape: [Int]) -> Int {
        zip(coordinates, shape).reduce(0) { $0 * $1.1 + $1.0 }
    }
}
