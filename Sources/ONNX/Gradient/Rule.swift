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
    /// Inputs from the first on that must be there; the rule may read them without looking.
    let needs: Int
    /// Inputs that there may be.
    let takes: Int
    /// Whether gradients of outputs behind the first are taken, too.
    let takesAllOutputs: Bool
    /// Outputs behind the first are positions or truth values, through which no gradient flows.
    let hasDiscreteOutputs: Bool
    let backward: Backward

    /// The gradient flows to the first input only.
    init(_ backward: @escaping Backward) {
        self.init(.only([0]), backward)
    }

    /// - Parameter inputs: the first one only, unless more are named.
    init(
        _ inputs: Inputs = .only([0]), needs: Int = 1, takes: Int = .max, takesAllOutputs: Bool = false,
        hasDiscreteOutputs: Bool = false, _ backward: @escaping Backward
    ) {
        self.inputs = inputs
        self.needs = needs
        self.takes = takes
        self.takesAllOutputs = takesAllOutputs
        self.hasDiscreteOutputs = hasDiscreteOutputs
        self.backward = backward
    }

    /// Whether a node has the inputs that the operator has.
    func fits(_ node: Node) -> Bool {
        (needs...max(needs, takes)).contains(node.inputs.count) && !node.inputs.prefix(needs).contains("")
    }
}
