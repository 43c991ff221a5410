/// A model's graph: operators and constants, found by the tensors that connect them.
///
/// Tensors are addressed by name, since many files name no nodes. A graph has been checked (`GraphCheck`): every
/// tensor that is read is made exactly once, and there is no circle.
package struct Graph: Sendable {
    /// The model's file, for messages.
    package let file: String
    /// Version of each operator set by domain; the standard one's domain is "".
    package let operatorSets: [String: Int]
    package let nodes: [Node]
    /// What the caller of the model gives; older files list their initialisers here too, which are left out.
    package let inputs: [ValueInfo]
    package private(set) var outputs: [ValueInfo]

    private(set) var proto: Onnx_GraphProto
    private let producers: [String: Int]
    private let readers: [String: [Int]]
    private let initialisers: [String: Int]
    private let declared: [String: Int]
    private let inputPositions: [String: Int]
    private var outputPositions: [String: Int]

    init(_ proto: Onnx_GraphProto, operatorSets: [String: Int], file: String) throws(ONNXError) {
        self.file = file
        self.operatorSets = operatorSets
        self.proto = proto
        nodes = proto.node.enumerated().map { Node($1, index: $0) }
        let check = try GraphCheck(proto, nodes: nodes, file: file)
        producers = check.producers
        readers = check.readers
        initialisers = check.initialisers
        inputs = proto.input.filter { !check.constants.contains($0.name) }.map { ValueInfo($0) }
        outputs = proto.output.map { ValueInfo($0) }
        inputPositions = Self.positions(inputs)
        outputPositions = Self.positions(outputs)
        declared = Dictionary(proto.valueInfo.indices.map { (proto.valueInfo[$0].name, $0) }, uniquingKeysWith: { $1 })
    }

    private static func positions(_ infos: [ValueInfo]) -> [String: Int] {
        Dictionary(infos.indices.map { (infos[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The node that makes a tensor; nil for inputs, initialisers and names that do not exist.
    package func producer(of tensor: String) -> Node? { producers[tensor].map { nodes[$0] } }

    /// Every node that reads a tensor, in the file's order, those that read it inside a subgraph included.
    package func consumers(of tensor: String) -> [Node] { readers[tensor, default: []].map { nodes[$0] } }

    package func initialiser(_ name: String) -> Tensor? {
        initialisers[name].flatMap { Tensor(proto.initializer[$0]) }
    }

    package func hasTensor(_ name: String) -> Bool {
        producers[name] != nil || initialisers[name] != nil || inputPositions[name] != nil
    }

    /// What the file says of a tensor: of inputs and outputs always something, of others only if it was exported with
    /// shapes.
    package func info(of tensor: String) -> ValueInfo? {
        inputPositions[tensor].map { inputs[$0] } ?? outputPositions[tensor].map { outputs[$0] }
            ?? declared[tensor].map { ValueInfo(proto.valueInfo[$0]) }
    }

    /// The tensor that a user means by a name: a tensor's own, else the first output of the only node so named.
    package func tensor(named name: String) throws(ONNXError) -> String {
        if hasTensor(name) { return name }
        let named = nodes.filter { $0.name == name }
        if named.count == 1, let output = named[0].outputs.first, !output.isEmpty { return output }
        let similar = producers.keys.filter { !name.isEmpty && $0.lowercased().contains(name.lowercased()) }.sorted()
        throw ONNXError(file: file, problem: .layerNotFound(name, similar: similar))
    }

    /// Whether a node is a Dropout that does nothing and whose mask nobody reads.
    func isIdleDropout(_ node: Node) -> Bool {
        guard node.op == "Dropout", node.input(0) != nil, node.outputs.first?.isEmpty == false else { return false }
        let isTraining = node.input(2).map { integers($0) != [0] } ?? false
        return !isTraining
            && node.outputs.dropFirst().allSatisfy { consumers(of: $0).isEmpty && outputPositions[$0] == nil }
    }

    /// Makes the model give out a tensor, too. Does nothing if it does so already.
    package mutating func addOutput(_ tensor: String) throws(ONNXError) {
        guard outputPositions[tensor] == nil else { return }
        guard producers[tensor] != nil else {
            throw ONNXError(file: file, problem: .layerNotFound(tensor, similar: []))
        }
        // Type and shape are left to the engine where the file does not say them.
        var output = Onnx_ValueInfoProto()
        output.name = tensor
        if let index = declared[tensor] { output = proto.valueInfo[index] }
        outputPositions[tensor] = outputs.count
        proto.output.append(output)
        outputs.append(ValueInfo(output))
    }
}
