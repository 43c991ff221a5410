/// One node of the forward graph while its rule is applied.
///
/// A file may say anything: attributes are read through here, where they are checked.
struct Step {
    let node: Node
    let graph: BackwardGraph
    /// Of each output; nil where nothing flows back.
    let gradients: [Value?]
    /// Positions of the inputs whose gradients are needed.
    let wanted: Set<Int>

    /// The gradient of the first output.
    var dy: Value { gradients[0]! }

    /// The version of the standard operators that defines the node.
    var operatorSet: Int { graph.operatorSet(of: node) }

    /// The first input.
    var x: Value { x(0) }
    /// The first output.
    var y: Value { graph.value(of: node.outputs[0]) }

    func x(_ position: Int) -> Value { graph.value(of: node.inputs[position]) }

    /// An input's shape; asking for it costs no residual.
    func shape(_ position: Int = 0) -> [Int] { graph.type(of: node.inputs[position]).shape }

    /// An input's shape, where it has at least so many axes.
    func shape(_ position: Int = 0, rank: Int) throws(Rule.Refusal) -> [Int] {
        let shape = shape(position)
        guard shape.count >= rank else { throw refuse("its input \(shape) has fewer than \(rank) axes") }
        return shape
    }

    var outputShape: [Int] { graph.type(of: node.outputs[0]).shape }

    func wants(_ position: Int) -> Bool { wanted.contains(position) }

    /// A gradient for each input that needs one.
    func forEachWanted(_ write: (Int) throws -> Value) rethrows -> [Value?] {
        try node.inputs.indices.map { wants($0) ? try write($0) : nil }
    }

    func refuse(_ reason: String) -> Rule.Refusal { Rule.Refusal(reason: reason) }
}

// MARK: Attributes

extension Step {
    /// Greater sizes, pads and so on are nobody's: sums and products of smaller ones fit into an Int.
    static let largest = 1 << 24

    func int(_ attribute: String) throws(Rule.Refusal) -> Int? {
        guard node.has(attribute) else { return nil }
        guard let value = node.int(attribute) else { throw wrongType(attribute) }
        return try checked(value, attribute)
    }

    func float(_ attribute: String) throws(Rule.Refusal) -> Float? {
        guard node.has(attribute) else { return nil }
        guard let value = node.float(attribute) else { throw wrongType(attribute) }
        return value
    }

    func string(_ attribute: String) throws(Rule.Refusal) -> String? {
        guard node.has(attribute) else { return nil }
        guard let value = node.string(attribute) else { throw wrongType(attribute) }
        return value
    }

    func flag(_ attribute: String) throws(Rule.Refusal) -> Bool { try int(attribute) ?? 0 != 0 }

    func ints(_ attribute: String) throws(Rule.Refusal) -> [Int]? {
        guard let values = try anyInts(attribute) else { return nil }
        for value in values { _ = try checked(value, attribute) }
        return values
    }

    /// Whole numbers that are an attribute in older operator sets and an input in newer ones; nil if they are not given.
    /// They may be of any size.
    func integers(_ attribute: String, orInput position: Int) throws(Rule.Refusal) -> [Int]? {
        if let values = try anyInts(attribute) { return values }
        guard let name = node.input(position) else { return nil }
        guard let values = graph.integers(name) else { throw refuse("its \(attribute) are not constant") }
        return values
    }

    /// Numbers that are an attribute in older operator sets and a constant input in newer ones; nil if they are not
    /// given.
    func numbers(_ attribute: String, orInput position: Int) throws(Rule.Refusal) -> [Float]? {
        if node.has(attribute) {
            guard let values = node.floats(attribute), !values.isEmpty else { throw wrongType(attribute) }
            return values
        }
        // Some writers put an empty constant for "not given".
        guard let name = node.input(position), graph.type(of: name).count > 0 else { return nil }
        guard let values = graph.constant(name)?.values else { throw refuse("its \(attribute) are not constant") }
        return values
    }

    /// An axis, counted from the front.
    func axis(_ given: Int, rank: Int? = nil) throws(Rule.Refusal) -> Int {
        let rank = rank ?? shape().count
        guard (-rank..<rank).contains(given) else { throw refuse("it has no axis \(given)") }
        return given < 0 ? given + rank : given
    }

    private func anyInts(_ attribute: String) throws(Rule.Refusal) -> [Int]? {
        guard node.has(attribute) else { return nil }
        guard node.isInts(attribute), let values = node.ints(attribute) else { throw wrongType(attribute) }
        return values
    }

    private func checked(_ value: Int, _ attribute: String) throws(Rule.Refusal) -> Int {
        guard (-Self.largest...Self.largest).contains(value) else {
            throw refuse("its \(attribute) is \(value)")
        }
        return value
    }

    private func wrongType(_ attribute: String) -> Rule.Refusal {
        refuse("its attribute '\(attribute)' is of the wrong type")
    }
}
