extension Graph {
    /// Adds the sum of each score and its log-softmax: Shapley-CAM's score (Cai 2025, arXiv:2501.06261, sec. 4.4).
    ///
    /// - Parameter type: of the scores.
    /// - Returns: the new tensors, the sum last; they have the scores' shape.
    package mutating func addReST(of scores: String, type: TensorType) throws(ONNXError) -> [String] {
        let (logarithm, sum) = ("\(scores)/log-softmax", "\(scores)/rest")
        let axis = type.shape.indices.max { type.shape[$0] < type.shape[$1] } ?? 0
        try append { writer in
            writer.add("LogSoftmax", [scores], [logarithm], [.int("axis", axis)])
            writer.add("Add", [scores, logarithm], [sum])
        }
        return [logarithm, sum]
    }

    /// Appends nodes.
    mutating func append(_ write: (inout GraphWriter) -> Void) throws(ONNXError) {
        var writer = GraphWriter()
        write(&writer)
        var changed = proto
        changed.node += writer.proto.node
        changed.initializer += writer.proto.initializer
        self = try Graph(changed, operatorSets: operatorSets, file: file)
    }
}
