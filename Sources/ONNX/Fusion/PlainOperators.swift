/// Writes the plain operators that stand for a fused one.
struct PlainOperators {
    let node: Node
    private(set) var writer = GraphWriter()
    private let graph: Graph
    private let types: [String: TensorType]
    /// Of what the node reads.
    private let elementType: ElementType
    private var made = 0

    /// Nil where the first input or the first output is missing, or the input's type is not known.
    init?(_ node: Node, _ graph: Graph, _ types: [String: TensorType]) {
        (self.node, self.graph, self.types) = (node, graph, types)
        guard let input = node.input(0), node.outputs.first?.isEmpty == false else { return nil }
        guard let type = types[input] ?? Self.constantType(input, graph), type.elementType.isFloat else { return nil }
        elementType = type.elementType
    }

    private static func constantType(_ name: String, _ graph: Graph) -> TensorType? {
        guard let tensor = graph.initialiser(name), let elementType = tensor.elementType else { return nil }
        return TensorType(shape: tensor.shape, elementType: elementType)
    }

    /// Nil where it is not known.
    func tensorType(_ tensor: String) -> TensorType? { types[tensor] ?? Self.constantType(tensor, graph) }

    /// Version of the standard operators.
    var operatorSet: Int { graph.operatorSets[""] ?? 1 }

    /// Whether somebody reads one of the outputs behind the first.
    func isRead(_ position: Int) -> Bool {
        guard node.outputs.indices.contains(position), !node.outputs[position].isEmpty else { return false }
        let output = node.outputs[position]
        return !graph.consumers(of: output).isEmpty || graph.outputs.contains { $0.name == output }
    }

    /// - Parameter output: nil: a name of its own.
    /// - Returns: the operator's output.
    mutating func add(_ op: String, _ inputs: [String], _ attributes: [NodeAttribute] = [], as output: String? = nil)
        -> String
    {
        let output = output ?? freeName(op)
        writer.add(op, inputs, [output], attributes)
        return output
    }

    /// A number of the type that the node computes in.
    mutating func scalar(_ value: Float) -> String {
        let name = freeName("constant")
        writer.constant(name, [value], shape: [])
        return elementType == .float32 ? name : add("Cast", [name], [.int("to", elementType.rawValue)])
    }

    mutating func integers(_ values: [Int]) -> String {
        let name = freeName("constant")
        writer.constant(name, values, shape: [values.count])
        return name
    }

    mutating func reshaped(_ tensor: String, _ shape: [Int], as output: String? = nil) -> String {
        add("Reshape", [tensor, integers(shape)], as: output)
    }

    mutating func transposed(_ tensor: String, _ order: [Int], as output: String? = nil) -> String {
        add("Transpose", [tensor], [.ints("perm", order)], as: output)
    }

    /// Some positions of an axis.
    mutating func sliced(_ tensor: String, _ range: Range<Int>, axis: Int) -> String {
        let (starts, ends, axes) = (integers([range.lowerBound]), integers([range.upperBound]), integers([axis]))
        return add("Slice", [tensor, starts, ends, axes])
    }

    private mutating func freeName(_ wanted: String) -> String {
        made += 1
        return graph.freeName("\(node.outputs[0])/plain/\(made)/\(wanted)")
    }
}
