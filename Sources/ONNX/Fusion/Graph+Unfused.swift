extension Graph {
    /// Whether some operators are several plain ones in one.
    package var hasFusedOperators: Bool { nodes.contains { fusedOperators[$0.op] != nil } }

    /// The same graph with fused operators spelled out, as other exporters write them: so that layers and gradients are
    /// the same as theirs. What has a form that is not known here stays as it is.
    ///
    /// - Parameter types: of the tensors before the scores, as the engine infers them.
    package func unfused(types: [String: TensorType]) throws(ONNXError) -> Graph {
        var changed = proto
        changed.node = []
        for (position, node) in nodes.enumerated() {
            guard let spell = fusedOperators[node.op], var plain = PlainOperators(node, self, types), spell(&plain)
            else {
                changed.node.append(proto.node[position])
                continue
            }
            changed.node += plain.writer.proto.node
            changed.initializer += plain.writer.proto.initializer
        }
        return try Graph(changed, operatorSets: operatorSets, file: file)
    }
}

/// How fused operators are spelled out; false: not in this form.
private let fusedOperators: [String: @Sendable (inout PlainOperators) -> Bool] = [
    "Attention": attention,
    "com.microsoft.Attention": packedAttention,
    "com.microsoft.MultiHeadAttention": multiHeadAttention,
    "com.microsoft.FusedMatMul": fusedMatMul,
    "com.microsoft.TransposeMatMul": fusedMatMul,
    "com.microsoft.SkipLayerNormalization": skipLayerNormalization,
    "com.microsoft.Gelu": gelu,
    "com.microsoft.BiasGelu": gelu,
    "com.microsoft.FastGelu": fastGelu,
    "com.microsoft.QuickGelu": quickGelu,
]
