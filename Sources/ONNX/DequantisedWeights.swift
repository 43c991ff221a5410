import Foundation

extension Graph {
    /// Turns weights that are stored in 8 bits into floats, where only weights are quantised: the values stay the same,
    /// `(x - zero point) · scale`. Those that are stored in 16 bits, with a Cast behind them, become floats, too.
    ///
    /// Such a graph computes in floats anyway. Left to OpenVINO (seen with 2026.4.1), inferences at the same time in bf16
    /// prepare these weights over each other's, and some give garbage. A graph that quantises its activations, too, is
    /// left as it is, so that the engine can compute it in integers.
    package mutating func dequantiseWeights() throws(ONNXError) {
        guard !nodes.contains(where: { Self.activationQuantisers.contains($0.op) }) else { return }
        var changed = proto
        var folded: Set<Int> = []
        for (index, node) in nodes.enumerated() where storesWeights(node) {
            guard let output = node.outputs.first, let value = constant(output) else { continue }
            var tensor = Onnx_TensorProto()
            tensor.name = output
            tensor.dims = value.shape.map { Int64($0) }
            tensor.dataType = Int32(ElementType.float32.rawValue)
            tensor.rawData = value.values.withUnsafeBytes { Data($0) }
            changed.initializer.append(tensor)
            folded.insert(index)
        }
        guard !folded.isEmpty else { return }
        changed.node = changed.node.enumerated().filter { !folded.contains($0.offset) }.map(\.element)
        self = try Graph(changed, operatorSets: operatorSets, file: file)
    }

    /// Whether it makes f32 of weights that are stored in fewer bits.
    private func storesWeights(_ node: Node) -> Bool {
        switch node.op {
        case "DequantizeLinear":
            return node.input(1).flatMap(initialiser)?.elementType == .float32
        case "Cast":
            let stored = node.input(0).flatMap(initialiser)?.elementType
            return node.int("to") == ElementType.float32.rawValue && (stored == .float16 || stored == .bfloat16)
        default: return false
        }
    }

    /// The first operator that computes in 8 bits in itself, rather than between a QuantizeLinear and a DequantizeLinear.
    package var quantisedOperator: String? {
        nodes.first { node in
            let name = node.op.split(separator: ".").last ?? ""
            return name.hasPrefix("QLinear") || ["ConvInteger", "MatMulInteger"].contains(node.op)
                || node.op.hasPrefix("com.microsoft.Q") && node.op != "com.microsoft.QuickGelu"
                    && node.op != "com.microsoft.QuantizeLinear"
        }?.op
    }

    private static let activationQuantisers = [
        "QuantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger",
    ]
}
