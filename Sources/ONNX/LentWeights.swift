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
        proto.input += lent.map { GraphWriter.info($0.name, $0.type, openAxis: proto.summedAxis(of: $0.name)) }
        return try serialized(proto)
    }
}

extension Onnx_GraphProto {
    /// The axis of a lent matrix that all products that read it sum over.
    ///
    /// Its size is left open in graphs for the engine: for an input of a known size OpenVINO takes memory of that size, in
    /// each stream, and fills it with zeros, although no request reads anything but what it is lent. What the products
    /// give has a known size all the same.
    /// - Returns: nil where products differ in it, or something else reads the matrix.
    func summedAxis(of matrix: String) -> Int? {
        var found: Set<Int?> = []
        for node in node where node.input.contains(matrix) {
            found.insert(node.input.count { $0 == matrix } == 1 ? summedAxis(of: matrix, in: node) : nil)
        }
        return found.count == 1 ? found.first! : nil
    }

    private func summedAxis(of matrix: String, in node: Onnx_NodeProto) -> Int? {
        let isLeft = node.input.first == matrix
        switch node.opType {
        case "MatMul": return isLeft ? 1 : 0
        case "Gemm":
            let name = isLeft ? "transA" : "transB"
            let isTurned = node.attribute.contains { $0.name == name && $0.i != 0 }
            guard node.input.prefix(2).contains(matrix) else { return nil }
            return isLeft == isTurned ? 0 : 1
        case "Transpose":
            guard let output = node.output.first, let axis = summedAxis(of: output) else { return nil }
            let turn = node.attribute.first { $0.name == "perm" }.map(\.ints) ?? [1, 0]
            return turn == [1, 0] ? 1 - axis : turn == [0, 1] ? axis : nil
        default: return nil
        }
    }
}
