import Foundation

/// Writes the part of a graph behind a tensor anew, for a batch of that tensor.
struct PartWriter {
    private let graph: Graph
    private let target: String
    private let scores: String
    private let batch: Int
    private let types: [String: TensorType]
    private let nodes: PartNodes
    private var proto = Onnx_GraphProto()
    private var axes: BatchAxis
    private var made = 0

    /// Of the operators that are written beside the file's own: broadcasting came with version 7.
    private static let oldestOperatorSet = 7

    init(
        _ graph: Graph, from target: String, to scores: String, batch: Int, types: [String: TensorType]
    ) throws(ONNXError) {
        let version = graph.operatorSets[""] ?? 1
        guard version >= Self.oldestOperatorSet else {
            throw ONNXError(
                file: graph.file, problem: .operatorSetTooOld(version, needed: Self.oldestOperatorSet))
        }
        (self.graph, self.target, self.scores, self.batch) = (graph, target, scores, batch)
        nodes = try PartNodes(graph, from: target, to: scores, types: types)
        // The engine tells the types of what operators make; those of constants stand in the file.
        var known = types
        for tensor in (nodes.constants + nodes.path).flatMap(\.inputs) where known[tensor] == nil {
            guard let constant = graph.initialiser(tensor), let type = constant.elementType else { continue }
            known[tensor] = TensorType(shape: constant.shape, elementType: type)
        }
        self.types = known
        axes = BatchAxis(graph, target: target, types: known)
        proto.name = "part"
    }

    mutating func freeName(_ wanted: String) -> String {
        made += 1
        return graph.freeName("part/\(made)/\(wanted)")
    }

    // MARK: What goes in

    /// Declares a Float input that is a tensor of the graph; where the file has another type, it is converted.
    ///
    /// - Returns: the input's name.
    mutating func input(_ tensor: String, _ shape: [Int], _ type: ElementType) -> String {
        guard type.isFloat, type != .float32 else {
            proto.input.append(GraphWriter.info(tensor, TensorType(shape: shape, elementType: type)))
            return tensor
        }
        let name = freeName("input")
        proto.input.append(GraphWriter.info(name, TensorType(shape: shape)))
        add("Cast", [name], [tensor], [.int("to", type.rawValue)])
        return name
    }

    /// Writes a product or sum of two Float inputs, converted to a tensor of the graph.
    mutating func combine(
        _ op: String, _ picture: String, _ type: TensorType, with change: String, _ shape: [Int],
        making tensor: String
    ) {
        proto.input.append(GraphWriter.info(picture, TensorType(shape: type.shape)))
        proto.input.append(GraphWriter.info(change, TensorType(shape: shape)))
        let changed = freeName("changed")
        add(op, [picture, change], [changed])
        add("Cast", [changed], [tensor], [.int("to", type.elementType.rawValue)])
    }

    // MARK: What is computed

    mutating func finish(
        input: (name: String, shape: [Int]), sides given: [String]
    ) throws(ONNXError) -> BatchedPart {
        var sides = given
        // A side that the file has in 16 bits is given out as Float, and so comes in under a name of its own.
        var renamed: [String: String] = [:]
        for tensor in nodes.sides {
            guard let type = types[tensor] else { throw ONNXError(file: graph.file, problem: .shapeUnknown(tensor)) }
            sides.append(tensor)
            if type.elementType.isFloat, type.elementType != .float32 {
                let name = freeName("side")
                add("Cast", [tensor], [name], [.int("to", type.elementType.rawValue)])
                renamed[tensor] = name
                proto.input.append(GraphWriter.info(tensor, TensorType(shape: type.shape)))
            } else {
                proto.input.append(GraphWriter.info(tensor, type))
            }
        }
        for node in nodes.constants + nodes.path { write(node, renamed) }
        var output = scores
        if let type = types[scores]?.elementType, type != .float32 {
            output = freeName("scores")
            add("Cast", [scores], [output], [.int("to", ElementType.float32.rawValue)])
        }
        proto.output = [GraphWriter.info(output, nil)]
        takeConstants()
        return BatchedPart(
            graph: try Graph(proto, operatorSets: graph.operatorSets, file: graph.file), batch: batch, input: input,
            sides: sides, scores: output)
    }

    private mutating func write(_ node: Node, _ renamed: [String: String]) {
        var inputs = node.inputs.map { renamed[$0] ?? $0 }
        switch node.op {
        case let op where PartNodes.reshaping.contains(op):
            guard let (shape, axis) = axes.reshaped(node, batch: batch) else { break }
            add("Reshape", [inputs[0], integers(shape)], [node.outputs[0]])
            return axes.set(axis, of: node.outputs[0])
        case "Expand":
            guard var shape = types[node.outputs[0]]?.shape, let old = types[node.inputs[0]]?.shape else { break }
            let axis = axes[node.inputs[0]].map { $0 + shape.count - old.count }
            if let axis { shape[axis] *= batch }
            add("Expand", [inputs[0], integers(shape)], [node.outputs[0]])
            return axes.set(axis, of: node.outputs[0])
        case "Concat":
            inputs = repeated(inputs, of: node)
        default: break
        }
        proto.node.append(node.copy(reading: inputs, making: node.outputs))
        axes.follow(node)
    }

    /// Concat does not broadcast: what is the same for all pictures, such as a class token, is repeated for each.
    private mutating func repeated(_ inputs: [String], of node: Node) -> [String] {
        guard let axis = node.inputs.compactMap({ axes[$0] }).first else { return inputs }
        return zip(node.inputs, inputs).map { tensor, input in
            guard axes[tensor] == nil, let rank = types[tensor]?.shape.count, axis < rank else { return input }
            let name = freeName("repeated")
            add("Concat", [String](repeating: input, count: batch), [name], [.int("axis", axis)])
            return name
        }
    }

    private mutating func add(_ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [NodeAttribute] = [])
    {
        var node = Onnx_NodeProto()
        node.opType = op
        node.input = inputs
        node.output = outputs
        node.name = outputs[0]
        node.attribute = attributes.map(\.proto)
        proto.node.append(node)
    }

    private mutating func integers(_ values: [Int]) -> String {
        let name = freeName("shape")
        var tensor = Onnx_TensorProto()
        tensor.name = name
        tensor.dims = [Int64(values.count)]
        tensor.dataType = Int32(ElementType.int64.rawValue)
        tensor.int64Data = values.map { Int64($0) }
        proto.initializer.append(tensor)
        return name
    }

    /// The file's constants that are read.
    private mutating func takeConstants() {
        let read = Set(proto.node.flatMap { Node($0, index: 0).reads })
        proto.initializer += graph.proto.initializer.filter { read.contains($0.name) }
        proto.sparseInitializer = graph.proto.sparseInitializer.filter { read.contains($0.values.name) }
    }
}

/// A graph's operators as a part behind a tensor needs them.
struct PartNodes {
    /// Depend on the target; in the data's order.
    private(set) var path: [Node] = []
    /// Depend on no picture, and are read by the path.
    private(set) var constants: [Node] = []
    /// Tensors that the path reads, and that depend on the picture but not on the target.
    private(set) var sides: [String] = []

    /// Operators that change nothing but a tensor's shape: what else they read is left out where the shape is known.
    static let reshaping: Set<String> = ["Reshape", "Flatten", "Squeeze", "Unsqueeze"]

    init(_ graph: Graph, from target: String, to scores: String, types: [String: TensorType]) throws(ONNXError) {
        func reads(_ node: Node) -> [String] {
            let isShaped = Self.reshaping.contains(node.op) || node.op == "Expand"
            return isShaped && types[node.outputs[0]] != nil ? Array(node.inputs.prefix(1)) : node.reads
        }
        var found: Set<Int> = []
        var waiting = [scores]
        while let tensor = waiting.popLast() {
            guard tensor != target, let node = graph.producer(of: tensor), found.insert(node.index).inserted else {
                continue
            }
            waiting += reads(node)
        }
        var behindTarget: Set<String> = [target]
        var behindPicture = Set(graph.inputs.map(\.name))
        var constants: [Node] = []
        for node in graph.ordered(found) {
            let inputs = reads(node)
            if inputs.contains(where: behindTarget.contains) {
                path.append(node)
                behindTarget.formUnion(node.outputs)
            } else if inputs.contains(where: behindPicture.contains) {
                behindPicture.formUnion(node.outputs)
            } else {
                constants.append(node)
            }
        }
        guard behindTarget.contains(scores), target != scores else {
            throw ONNXError(file: graph.file, problem: .scoresDoNotDepend(layer: target, scores: scores))
        }
        let read = path.flatMap(reads)
        var known: Set<String> = []
        sides = read.filter { !behindTarget.contains($0) && behindPicture.contains($0) && known.insert($0).inserted }
        var needed = Set(read)
        for node in constants.reversed() where node.outputs.contains(where: needed.contains) {
            self.constants.append(node)
            needed.formUnion(reads(node))
        }
        self.constants.reverse()
    }
}
