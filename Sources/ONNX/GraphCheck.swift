/// Indices of a graph by tensor name, and proof that it can be walked. Time and memory grow with the file's size only.
struct GraphCheck {
    /// Node that makes a tensor.
    private(set) var producers: [String: Int] = [:]
    /// Nodes that read a tensor.
    private(set) var readers: [String: [Int]] = [:]
    /// Positions in the graph's list of dense constants.
    private(set) var initialisers: [String: Int] = [:]
    /// Names of all constants, sparse ones included.
    private(set) var constants: Set<String> = []

    private let file: String

    init(_ graph: Onnx_GraphProto, nodes: [Node], file: String) throws(ONNXError) {
        self.file = file
        for (index, tensor) in graph.initializer.enumerated() {
            guard constants.insert(tensor.name).inserted else { throw fail(.duplicateTensor(tensor.name)) }
            initialisers[tensor.name] = index
            if let reason = Tensor.defect(of: tensor) { throw fail(.badTensor(tensor.name, reason: reason)) }
        }
        constants.formUnion(graph.sparseInitializer.map(\.values.name))
        var made = constants
        var inputs: Set<String> = []
        for input in graph.input {
            // An initialiser may stand among the inputs: it is the input's default.
            guard inputs.insert(input.name).inserted else { throw fail(.duplicateTensor(input.name)) }
        }
        made.formUnion(inputs)
        for node in nodes {
            for output in node.outputs where !output.isEmpty {
                guard made.insert(output).inserted else { throw fail(.duplicateTensor(output)) }
                producers[output] = node.index
            }
        }
        for node in nodes {
            if let (name, found, wanted) = node.attributeOfWrongKind {
                throw fail(.badAttribute(name, node: node.label, reason: "is \(found) and must be \(wanted)"))
            }
            for tensor in node.reads {
                guard made.contains(tensor) else { throw fail(.missingTensor(tensor, reader: node.label)) }
                if readers[tensor]?.last != node.index { readers[tensor, default: []].append(node.index) }
            }
        }
        guard !graph.output.isEmpty else { throw fail(.noOutputs) }
        for output in graph.output where !made.contains(output.name) {
            throw fail(.missingTensor(output.name, reader: "an output"))
        }
        try checkForCircle(nodes)
    }

    private func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: file, problem: problem) }

    /// Takes away nodes whose inputs are all made, until none is left (Kahn 1962). What stays is in or behind a circle.
    private func checkForCircle(_ nodes: [Node]) throws(ONNXError) {
        // `readers` names a node once per tensor, so distinct inputs are counted.
        var waitingFor = nodes.map { node in Set(node.reads).count { producers[$0] != nil } }
        var ready = nodes.indices.filter { waitingFor[$0] == 0 }
        var done = 0
        while let index = ready.popLast() {
            done += 1
            for output in nodes[index].outputs {
                for reader in readers[output, default: []] {
                    waitingFor[reader] -= 1
                    if waitingFor[reader] == 0 { ready.append(reader) }
                }
            }
        }
        guard done < nodes.count, var index = waitingFor.firstIndex(where: { $0 > 0 }) else { return }
        // Going back from a node that waits, always to one that waits too, ends inside the circle.
        var tensor = ""
        for _ in nodes.indices {
            guard let waiting = nodes[index].reads.first(where: { producers[$0].map { waitingFor[$0] > 0 } ?? false }),
                let producer = producers[waiting]
            else { break }
            (tensor, index) = (waiting, producer)
        }
        throw fail(.cycle(tensor: tensor))
    }
}
