import Foundation

/// A classifier's graph up to what its head pools, and the means of that map's channels behind it: features of a picture,
/// which another dense layer can be put on.
///
/// The layer's maps are exact class activation maps again: Zhou et al. 2016, arXiv:1512.04150, eq. 2.
package struct PooledGraph: Sendable {
    /// Gives out the features only.
    package let graph: Graph
    /// The tensor of features: Float `[N, channels]`.
    package let features: String
    private let cut: Onnx_GraphProto

    /// - Parameters:
    ///   - graph: has the head.
    ///   - type: what the elements of the head's target are.
    package init(_ graph: Graph, upTo head: CAMHead, type: ElementType) throws(ONNXError) {
        var proto = graph.cut(to: head.target, graph.reached(from: head.target))
        // What the file says of tensors that are gone, and of one that is no output any more.
        let made = Set(proto.node.flatMap(\.output))
        proto.valueInfo = (proto.valueInfo + proto.output).filter { made.contains($0.name) }
        proto.output = []
        var writer = GraphWriter()
        var map = head.target
        func add(_ op: String, _ name: String, _ attributes: [NodeAttribute] = []) {
            let made = graph.freeName(Self.prefix + name)
            writer.add(op, [map], [made], attributes)
            map = made
        }
        if type != .float32 { add("Cast", "map/float", [.int("to", ElementType.float32.rawValue)]) }
        if head.layout == .channelsLast { add("Transpose", "map", [.ints("perm", [0, 3, 1, 2])]) }
        add("GlobalAveragePool", "pooled")
        add("Flatten", "features", [.int("axis", 1)])
        proto.node += writer.proto.node
        cut = proto
        features = map
        proto.output = [GraphWriter.info(map, nil)]
        self.graph = try Graph(proto, operatorSets: graph.operatorSets, file: graph.file)
    }

    /// The graph with a dense layer on the features; its only output is the logits, Float `[N, classes]`.
    ///
    /// - Parameters:
    ///   - weights: Float `[classes, channels]`, row-major.
    ///   - bias: Float `[classes]`.
    ///   - batch: pictures at once; nil: any number.
    package func classifying(weights: [Float], bias: [Float], batch: Int?) throws(ONNXError) -> Graph {
        precondition(!bias.isEmpty && weights.count % bias.count == 0)
        var proto = cut
        var writer = GraphWriter()
        let names = ["classifier.weight", "classifier.bias", "logits"].map { graph.freeName(Self.prefix + $0) }
        writer.constant(names[0], weights, shape: [bias.count, weights.count / bias.count])
        writer.constant(names[1], bias, shape: [bias.count])
        // Broadcasting has to be asked for in operator sets before 7.
        let isOld = graph.operatorSets[""] ?? 1 < 7
        writer.add(
            "Gemm", [features, names[0], names[1]], [names[2]],
            [.int("transB", 1)] + (isOld ? [.int("broadcast", 1)] : [])
        )
        // The size that is left open gets a name.
        var output = GraphWriter.info(names[2], TensorType(shape: [batch ?? 1, bias.count]))
        if batch == nil { output.type.tensorType.shape.dim[0].dimParam = "N" }
        proto.node += writer.proto.node
        proto.initializer += writer.proto.initializer
        proto.output = [output]
        return try Graph(proto, operatorSets: graph.operatorSets, file: graph.file)
    }

    /// Tells what is added from the file's own.
    private static let prefix = "camstream/"
}
