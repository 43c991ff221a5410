/// One operator of a graph.
package struct Node: Sendable {
    /// Position in the graph's list of nodes.
    package let index: Int
    let proto: Onnx_NodeProto

    init(_ proto: Onnx_NodeProto, index: Int) {
        self.proto = proto
        self.index = index
    }

    /// Often empty: tensors are addressed by name, nodes are not.
    package var name: String { proto.name }

    /// The operator, with its domain unless that is the standard one: "Conv", "com.microsoft.FusedConv".
    package var op: String {
        switch proto.domain {
        case "", "ai.onnx": proto.opType
        default: "\(proto.domain).\(proto.opType)"
        }
    }

    /// Tensor names; an empty one is an optional input that is left out.
    package var inputs: [String] { proto.input }

    /// Tensor names; an empty one is an optional output that is left out.
    package var outputs: [String] { proto.output }

    /// Name of an input that is there.
    package func input(_ position: Int) -> String? {
        guard proto.input.indices.contains(position), !proto.input[position].isEmpty else { return nil }
        return proto.input[position]
    }

    /// How messages name the node.
    package var label: String { name.isEmpty ? op : "\(op) '\(name)'" }

    package func has(_ attribute: String) -> Bool { self[attribute] != nil }

    package func int(_ attribute: String) -> Int? {
        guard let found = self[attribute], found.hasI else { return nil }
        return Int(found.i)
    }

    /// Nil if the node has no such attribute; numbers that stand as a single one count as a list of one.
    package func ints(_ attribute: String) -> [Int]? {
        guard let found = self[attribute] else { return nil }
        return found.ints.isEmpty && found.hasI ? [Int(found.i)] : found.ints.map { Int($0) }
    }

    /// Whether an attribute is a list of whole numbers, or one, for all that the file says.
    func isInts(_ attribute: String) -> Bool {
        guard let found = self[attribute] else { return false }
        // The format's AttributeType numbers of INT and INTS; the oldest files say none.
        return [0, 2, 7].contains(found.type)
    }

    package func float(_ attribute: String) -> Float? {
        guard let found = self[attribute], found.hasF else { return nil }
        return found.f
    }

    package func floats(_ attribute: String) -> [Float]? {
        guard let found = self[attribute] else { return nil }
        return found.floats.isEmpty && found.hasF ? [found.f] : found.floats
    }

    package func string(_ attribute: String) -> String? {
        guard let found = self[attribute], found.hasS else { return nil }
        return String(decoding: found.s, as: UTF8.self)
    }

    /// Nil if the node has no such attribute, or it holds no texts.
    func strings(_ attribute: String) -> [String]? {
        guard let found = self[attribute], !found.strings.isEmpty else { return nil }
        return found.strings.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Nil if the node has no such attribute, or its data does not fit its shape.
    package func tensor(_ attribute: String) -> Tensor? {
        guard let found = self[attribute], found.hasT else { return nil }
        return Tensor(found.t)
    }

    private subscript(_ attribute: String) -> Onnx_AttributeProto? {
        proto.attribute.first { $0.name == attribute }
    }

    /// Operators in the node's subgraphs, those of inner ones included.
    var innerOperators: Int {
        proto.attribute.reduce(0) { count, attribute in
            (attribute.hasG ? [attribute.g] : attribute.graphs).reduce(count) { count, graph in
                graph.node.reduce(count) { $0 + 1 + Node($1, index: 0).innerOperators }
            }
        }
    }

    /// The same operator between other tensors.
    func copy(reading inputs: [String], making outputs: [String]) -> Onnx_NodeProto {
        var copy = proto
        copy.input = inputs
        copy.output = outputs
        copy.name = outputs.first ?? ""
        return copy
    }

    /// An operator that hands its first input on to its first output, in the node's place.
    func identity() -> Onnx_NodeProto {
        var identity = proto
        identity.opType = "Identity"
        identity.input = [proto.input[0]]
        identity.output = [proto.output[0]]
        identity.attribute = []
        return identity
    }

    /// Tensors that the node reads from its own graph: its inputs, and what its subgraphs (bodies of If and Loop)
    /// take from outside.
    var reads: [String] {
        var reads = proto.input.filter { !$0.isEmpty }
        for attribute in proto.attribute {
            if attribute.hasG { reads += Self.outerReads(of: attribute.g) }
            for graph in attribute.graphs { reads += Self.outerReads(of: graph) }
        }
        return reads
    }

    /// Tensors that a subgraph reads and does not make. The depth is limited by the decoder's.
    private static func outerReads(of graph: Onnx_GraphProto) -> [String] {
        var made = Set(graph.input.map(\.name))
        made.formUnion(graph.initializer.map(\.name))
        made.formUnion(graph.sparseInitializer.map(\.values.name))
        for node in graph.node { made.formUnion(node.output) }
        return graph.node.flatMap { Node($0, index: 0).reads }.filter { !made.contains($0) }
    }
}
