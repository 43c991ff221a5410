import Foundation

/// Writes the part of a graph behind a tensor anew, for a batch of that tensor.
struct PartWriter {
    private let graph: Graph
    private let target: String
    private let outputs: [String]
    /// nil: as many as come in.
    private let batch: Int?
    private let types: [String: TensorType]
    private let nodes: PartNodes
    private var proto = Onnx_GraphProto()
    private var axes: BatchAxis
    private var made = 0
    private var counted: String?
    private var single: String?

    /// Of the operators that are written beside the file's own: broadcasting came with version 7.
    private static let oldestOperatorSet = 7

    /// - Parameters:
    ///   - batch: nil: as many as come in, known when it runs.
    ///   - isWhole: whether what does not depend on the target is computed here, too, rather than given by another graph.
    init(
        _ graph: Graph, from target: String, to outputs: [String], batch: Int?, types: [String: TensorType],
        isWhole: Bool = false
    ) throws(ONNXError) {
        let version = graph.operatorSets[""] ?? 1
        guard version >= Self.oldestOperatorSet else {
            throw ONNXError(
                file: graph.file, problem: .operatorSetTooOld(version, needed: Self.oldestOperatorSet))
        }
        (self.graph, self.target, self.outputs, self.batch) = (graph, target, outputs, batch)
        nodes = try PartNodes(graph, from: target, to: outputs, types: types, isWhole: isWhole)
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
        let scores = outputs[0]
        guard let batch else { preconditionFailure("a part for any number is written by finished()") }
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
        for node in nodes.constants + nodes.path { try write(node, renamed) }
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

    /// The whole graph, its inputs beside the target as they are, for any number of the target's.
    ///
    /// - Throws: `.notBatched` for operators whose results would mix up what is side by side.
    mutating func finished() throws(ONNXError) -> Onnx_GraphProto {
        guard let type = types[target] else { throw ONNXError(file: graph.file, problem: .shapeUnknown(target)) }
        proto.input = graph.proto.input.filter { $0.name != target }
        proto.input.append(GraphWriter.info(target, type, openAxis: 0))
        for node in nodes.constants { proto.node.append(node.proto) }
        for node in nodes.path {
            let inputs = node.inputs.filter { axes[$0] != nil }
            guard !Self.mixing.contains(node.op) else {
                throw ONNXError(file: graph.file, problem: .notBatched(node: node.label))
            }
            try write(node, [:])
            // An operator whose result is the same for all would be none of the path.
            guard inputs.isEmpty || node.outputs.contains(where: { axes[$0] != nil }) else {
                throw ONNXError(file: graph.file, problem: .notBatched(node: node.label))
            }
        }
        for output in outputs {
            guard axes[output] == 0, let type = types[output] else {
                throw ONNXError(file: graph.file, problem: .notBatched(node: "output '\(output)'"))
            }
            proto.output.append(GraphWriter.info(output, type, openAxis: 0))
        }
        takeConstants()
        return proto
    }

    /// Operators that put elements at places which are counted over all of a tensor, or of several of its axes.
    private static let mixing: Set<String> = ["ScatterElements", "ScatterND", "GatherND", "GatherElements", "OneHot"]

    private mutating func write(_ node: Node, _ renamed: [String: String]) throws(ONNXError) {
        var inputs = node.inputs.map { renamed[$0] ?? $0 }
        switch node.op {
        case let op where PartNodes.reshaping.contains(op):
            guard let (shape, axis) = axes.reshaped(node, batch: batch) else { break }
            add("Reshape", [inputs[0], integers(shape)], [node.outputs[0]])
            return axes.set(axis, of: node.outputs[0])
        case "Expand":
            guard var shape = types[node.outputs[0]]?.shape, let old = types[node.inputs[0]]?.shape else { break }
            let axis = axes[node.inputs[0]].map { $0 + shape.count - old.count }
            if let axis, let batch {
                shape[axis] *= batch
            } else if let axis {
                // 1 leaves an axis as long as it is.
                guard shape[axis] == old[axis + old.count - shape.count] else {
                    throw ONNXError(file: graph.file, problem: .notBatched(node: node.label))
                }
                shape[axis] = 1
            }
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
            guard axes[tensor] == nil, let shape = types[tensor]?.shape, axis < shape.count else { return input }
            let name = freeName("repeated")
            if let batch {
                add("Concat", [String](repeating: input, count: batch), [name], [.int("axis", axis)])
            } else {
                var counts = shape.map { _ in one }
                counts[axis] = count
                let repeats = freeName("repeats")
                add("Concat", counts, [repeats], [.int("axis", 0)])
                add("Tile", [input, repeats], [name])
            }
            return name
        }
    }

    /// How many targets come in, as a list of one number.
    private var count: String {
        mutating get {
            if let known = counted { return known }
            let (sizes, first) = (freeName("sizes"), freeName("count"))
            add("Shape", [target], [sizes])
            add("Gather", [sizes, integers([0])], [first], [.int("axis", 0)])
            var count = first
            if let own = types[target]?.shape[0], own != 1 {
                count = freeName("count")
                add("Div", [first, integers([own])], [count])
            }
            counted = count
            return count
        }
    }

    private var one: String {
        mutating get {
            if let known = single { return known }
            let name = integers([1])
            single = name
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
