/// How one operator's gradient is written: its vector-Jacobian product.
struct Rule: Sendable {
    /// Writes the gradients of the inputs, given those of the outputs; nil where none is wanted, or none flows.
    ///
    /// A gradient may have the shape that the input was broadcast to: the walk sums it up. All that is thrown is a
    /// `Refusal`; a closure would have to repeat that, so its type does not say it.
    typealias Backward = @Sendable (Step) throws -> [Value?]

    /// Inputs to which a gradient can flow. Others must not depend on the target, unless they are whole numbers or
    /// truth values.
    enum Inputs: Sendable {
        case all
        case only(Set<Int>)

        func contains(_ position: Int) -> Bool {
            switch self {
            case .all: true
            case .only(let positions): positions.contains(position)
            }
        }
    }

    /// Why an operator's gradient cannot be written in a form that it has here.
    struct Refusal: Error {
        let reason: String
    }

    let inputs: Inputs
    /// Whether gradients of outputs behind the first are taken, too.
    var takesAllOutputs = false
    /// Outputs behind the first are positions or truth values, through which no gradient flows.
    var hasDiscreteOutputs = false
    let backward: Backward

    /// The gradient flows to the first input only.
    init(_ backward: @escaping Backward) {
        self.init(.only([0]), backward)
    }

    init(
        _ inputs: Inputs, takesAllOutputs: Bool = false, hasDiscreteOutputs: Bool = false,
        _ backward: @escaping Backward
    ) {
        self.inputs = inputs
        self.takesAllOutputs = takesAllOutputs
        self.hasDiscreteOutputs = hasDiscreteOutputs
        self.backward = backward
    }
}

/// One node of the forward graph while its rule is applied.
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

    var outputShape: [Int] { graph.type(of: node.outputs[0]).shape }

    func wants(_ position: Int) -> Bool { wanted.contains(position) }

    /// A gradient for each input that needs one.
    func forEachWanted(_ write: (Int) throws -> Value) rethrows -> [Value?] {
        try node.inputs.indices.map { wants($0) ? try write($0) : nil }
    }

    func refuse(_ reason: String) -> Rule.Refusal { Rule.Refusal(reason: reason) }

    /// Whole numbers that are an attribute in older operator sets and an input in newer ones; nil if they are not given.
    func integers(_ attribute: String, orInput position: Int) throws(Rule.Refusal) -> [Int]? {
        if let values = node.ints(attribute) { return values }
        guard let name = node.input(position) else { return nil }
        guard let values = graph.integers(name) else { throw refuse("its \(attribute) are not constant") }
        return values
    }

    /// Counted from the front.
    func axis(_ given: Int, rank: Int? = nil) -> Int { given < 0 ? given + (rank ?? shape().count) : given }
}
