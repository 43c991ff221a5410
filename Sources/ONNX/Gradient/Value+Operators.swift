/// Operators that change a tensor's shape.
extension Value {
    func reshaped(to wanted: [Int]) -> Value {
        if wanted == shape { return self }
        let result = graph.apply("Reshape", self, vectors: [wanted], shape: wanted)
        graph.weights.add(result.name, turnedFrom: name, by: "")
        return result
    }

    var flattened: Value { reshaped(to: [count]) }

    /// Axis i of the result is axis `order[i]`.
    func transposed(_ order: [Int]) -> Value {
        if order == Array(shape.indices) { return self }
        let result = graph.apply("Transpose", [name], [.ints("perm", order)], shape: order.map { shape[$0] })
        graph.weights.add(result.name, turnedFrom: name, by: "\(order)")
        return result
    }

    /// With the last two axes exchanged.
    var matrixTransposed: Value {
        transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
    }

    /// Repeated along axes of size 1.
    func expanded(to wanted: [Int]) -> Value {
        wanted == shape ? self : graph.apply("Expand", self, vectors: [wanted], shape: wanted)
    }

    /// Sum, mean, maximum and so on over axes, which stay with size 1.
    func reduced(_ op: String, _ axes: [Int]) -> Value {
        if axes.isEmpty { return self }
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        return graph.apply(op, self, vectors: [axes], [.int("keepdims", 1)], shape: kept)
    }

    func sum(_ axes: [Int]) -> Value { reduced("ReduceSum", axes) }
    func mean(_ axes: [Int]) -> Value { reduced("ReduceMean", axes) }

    /// Undoes broadcasting: the sum over all copies that were made of a tensor of the wanted shape.
    ///
    /// - Throws: if no tensor of that shape can have been broadcast to this one.
    func summed(to wanted: [Int]) throws(Rule.Refusal) -> Value {
        guard Broadcast.reaches(shape, from: wanted) else { throw Rule.Refusal(reason: "its shapes do not fit") }
        let padded = Broadcast.padded(wanted, to: rank)
        return sum(shape.indices.filter { padded[$0] != shape[$0] }).reshaped(to: wanted)
    }

    /// Matrix product; leading axes are broadcast.
    func matrixProduct(_ other: Value) -> Value {
        let batch = Broadcast.shape(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)))
        return graph.product(
            "MatMul", [self, other], shape: batch + [shape[rank - 2], other.shape[other.rank - 1]])
    }

    /// With zeros put around.
    func padded(before: [Int], after: [Int]) -> Value {
        if (before + after).allSatisfy({ $0 == 0 }) { return self }
        let padded = shape.indices.map { shape[$0] + before[$0] + after[$0] }
        return graph.apply("Pad", self, vectors: [before + after], [.string("mode", "constant")], shape: padded)
    }

    /// The part that begins at `starts` and has the given shape.
    func part(from starts: [Int], shape wanted: [Int]) -> Value {
        // Axes that stay whole are not named: of a batch they may be longer than here.
        let axes = shape.indices.filter { wanted[$0] != shape[$0] }
        if axes.isEmpty { return self }
        let ends = axes.map { starts[$0] + wanted[$0] }
        return graph.apply("Slice", self, vectors: [axes.map { starts[$0] }, ends, axes], shape: wanted)
    }

    /// Elements of one axis by their positions.
    func gathered(_ positions: [Int], axis: Int) -> Value {
        var shape = shape
        shape[axis] = positions.count
        return graph.apply("Gather", self, vectors: [positions], [.int("axis", axis)], shape: shape)
    }

    /// Adds up the elements by position in a tensor of zeros.
    ///
    /// - Parameter positions: for each element, where it goes, counted over all elements of the result.
    func scattered(to positions: Value, shape: [Int]) -> Value {
        let count = shape.reduce(1, *)
        let sums = graph.apply(
            "ScatterElements", [graph.zeros([count]).name, positions.flattened.name, flattened.name],
            [.int("axis", 0), .string("reduction", "add")], shape: [count])
        return sums.reshaped(to: shape)
    }
}
