/// The part of a classifier between a tensor, the target, and the class scores, as a graph of its own that takes several
/// variants of that tensor at once.
///
/// What the part reads beside the target and what does not depend on it, such as a connection that skips the target,
/// comes in as it is: the whole graph gives it out, and it is the same for all variants. Shapes that the file fixes for
/// one picture are written anew for the batch. Whether that was right for every operator can only be measured: run a
/// batch, and the same one by one.
package struct BatchedPart: Sendable {
    package let graph: Graph
    package let batch: Int
    /// The input with the variants, and one variant's shape with the batch before it. Float.
    package let input: (name: String, shape: [Int])
    /// The other inputs: outputs of the whole graph, under the same names and as large as there.
    package let sides: [String]
    /// The output: Float, a batch of class scores.
    package let scores: String

    /// Elements are computed in the file's own types; what goes in and comes out is Float.
    ///
    /// - Parameters:
    ///   - graph: must give out scores, target and sides: see `Graph.giving(_:)`.
    ///   - types: of the tensors before the scores, for one picture.
    /// - Throws: `.scoresDoNotDepend`, `.shapeUnknown`, `.operatorSetTooOld`.
    package init(
        _ graph: Graph, from target: String, to scores: String, batch: Int, types: [String: TensorType]
    ) throws(ONNXError) {
        guard let type = types[target] else { throw ONNXError(file: graph.file, problem: .shapeUnknown(target)) }
        var writer = try PartWriter(graph, from: target, to: [scores], batch: batch, types: types)
        let shape = [batch * type.shape[0]] + type.shape.dropFirst()
        let name = writer.input(target, shape, type.elementType)
        self = try writer.finish(input: (name, shape), sides: [])
    }

    /// The whole classifier with a mask before it: x ⊙ mask, for several masks at once.
    ///
    /// - Parameters:
    ///   - picture: the graph's input, which the whole graph gives out under the name `copy` as the network reads it,
    ///     mean and scale applied.
    ///   - isChannelsFirst: masks are `[batch, 1, height, width]`, else `[batch, height, width, 1]`.
    package init(
        _ graph: Graph, masking picture: String, copy: String, isChannelsFirst: Bool, to scores: String, batch: Int,
        types: [String: TensorType]
    ) throws(ONNXError) {
        guard let type = types[picture] else { throw ONNXError(file: graph.file, problem: .shapeUnknown(picture)) }
        let (height, width) = isChannelsFirst ? (type.shape[2], type.shape[3]) : (type.shape[1], type.shape[2])
        let shape = isChannelsFirst ? [batch, 1, height, width] : [batch, height, width, 1]
        try self.init(graph, picture, type, "Mul", shape, copy, scores, batch, types)
    }

    /// The whole classifier with noise on the picture: x + noise, for one picture. Arguments as above.
    package init(
        _ graph: Graph, addingTo picture: String, copy: String, to scores: String, types: [String: TensorType]
    ) throws(ONNXError) {
        guard let type = types[picture] else { throw ONNXError(file: graph.file, problem: .shapeUnknown(picture)) }
        try self.init(graph, picture, type, "Add", type.shape, copy, scores, 1, types)
    }

    /// - Parameters:
    ///   - op: what is done to the picture's copy with the input.
    ///   - shape: of the input.
    private init(
        _ graph: Graph, _ picture: String, _ type: TensorType, _ op: String, _ shape: [Int], _ copy: String,
        _ scores: String, _ batch: Int, _ types: [String: TensorType]
    ) throws(ONNXError) {
        var writer = try PartWriter(graph, from: picture, to: [scores], batch: batch, types: types)
        let change = writer.freeName("change")
        writer.combine(op, copy, type, with: change, shape, making: picture)
        self = try writer.finish(input: (change, shape), sides: [copy])
    }

    init(graph: Graph, batch: Int, input: (name: String, shape: [Int]), sides: [String], scores: String) {
        (self.graph, self.batch, self.input, self.sides, self.scores) = (graph, batch, input, sides, scores)
    }
}

extension Graph {
    /// The graph with more outputs: tensors that an operator makes, and a Float copy of an input.
    ///
    /// - Parameter copy: the input, and the copy's name.
    package func giving(_ tensors: [String], copy: (input: String, name: String)? = nil) throws(ONNXError) -> Graph {
        var graph = self
        if let copy {
            var changed = proto
            var node = Onnx_NodeProto()
            // Not Identity: an input of bytes is given out as Float, too.
            node.opType = "Cast"
            node.attribute = [NodeAttribute.int("to", ElementType.float32.rawValue).proto]
            node.input = [copy.input]
            node.output = [copy.name]
            changed.node.append(node)
            graph = try Graph(changed, operatorSets: operatorSets, file: file)
            try graph.addOutput(copy.name)
        }
        for tensor in tensors { try graph.addOutput(tensor) }
        return graph
    }

    /// A name that no tensor has, for a copy of a tensor.
    package func freeName(_ wanted: String) -> String {
        var name = wanted
        while hasTensor(name) { name += "'" }
        return name
    }
}
