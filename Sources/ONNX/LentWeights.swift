package import Foundation

/// A large constant that stays where it was read: an engine gets its address, as that of an input, where otherwise it
/// would copy the constant, pack it, and do so again for each graph that reads it.
package struct LentWeights: Sendable {
    package let name: String
    package let type: TensorType
    /// Row-major, little-endian; its memory does not move.
    package let bytes: Data
}

extension Graph {
    /// The matrices of dense layers on a single row of features, such as VGG's: each number is used once in a pass, so
    /// that packing gains nothing.
    ///
    /// - Parameter leastBytes: what smaller constants have stays in the graph. Matrices that are applied to each token,
    ///   where packing pays, are smaller than the default.
    package func lentWeights(from leastBytes: Int) -> [LentWeights] {
        let given = Set(outputs.map(\.name))
        return proto.initializer.compactMap { tensor in
            guard tensor.rawData.count >= max(leastBytes, Self.fewestLentBytes), tensor.dims.count == 2,
                tensor.dataType == Int32(ElementType.float32.rawValue), !given.contains(tensor.name),
                case let readers = consumers(of: tensor.name), !readers.isEmpty,
                readers.allSatisfy({ reads($0, onlyAsMatrix: tensor.name) })
            else { return nil }
            return LentWeights(
                name: tensor.name, type: TensorType(shape: tensor.dims.map { Int($0) }), bytes: tensor.rawData)
        }
    }

    /// From here on constants are lent by default: 32 MB.
    package static let lentBytes = 32 << 20

    /// Fewer may be stored within a `Data` itself, which moves.
    private static let fewestLentBytes = 64

    private func reads(_ node: Node, onlyAsMatrix tensor: String) -> Bool {
        (node.op == "Gemm" || node.op == "MatMul") && node.input(1) == tensor && node.reads.count { $0 == tensor } == 1
    }
}

extension Model {
    /// As `serialized()`, with an input in the place of each of some constants.
    package func serialized(lending lent: [LentWeights]) throws(ONNXError) -> [UInt8] {
        guard !lent.isEmpty else { return try serialized() }
        let names = Set(lent.map(\.name))
        var proto = graph.proto
        proto.initializer.removeAll { names.contains($0.name) }
        // Older files list their constants among the inputs, too.
        proto.input.removeAll { names.contains($0.name) }
        proto.input += lent.map { GraphWriter.info($0.name, $0.type) }
        return try serialized(proto)
    }
}
