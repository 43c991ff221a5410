import Foundation

/// An operator that computes with weights which it was trained to have.
package struct WeightedLayer: Sendable, Equatable {
    /// As messages name the operator.
    package let label: String
    /// Constants as the file stores them: weights, and biases where the operator has them.
    let tensors: [String]
}

extension Graph {
    /// The layers that the scores depend on, in the data's order. Constants that several operators share belong to the
    /// first of them alone.
    ///
    /// Normalisations are left out: with other statistics than those of what they normalise nothing would be known of what
    /// comes out.
    package func weightedLayers(before scores: String) -> [WeightedLayer] {
        var known: Set<String> = []
        return nodes(before: scores).compactMap { node in
            guard let weights = weights(of: node) else { return nil }
            let bias = node.op == "MatMul" ? nil : node.input(2).flatMap { stored($0) }
            let own = [weights, bias].compactMap { $0 }.filter { known.insert($0).inserted }
            return own.contains(weights) ? WeightedLayer(label: node.label, tensors: own) : nil
        }
    }

    /// The stored constant behind an operator's matrix or kernel.
    private func weights(of node: Node) -> String? {
        switch node.op {
        case "Conv", "ConvTranspose": node.input(1).flatMap { stored($0) }
        // Either of the factors may be the constant one.
        case "Gemm", "MatMul": node.input(1).flatMap { stored($0) } ?? node.input(0).flatMap { stored($0) }
        default: nil
        }
    }

    /// The constant that a tensor is made of, by operators that leave its elements what they are or convert each alike.
    ///
    /// - Returns: the name of an initialiser, or of what a Constant node makes.
    private func stored(_ tensor: String) -> String? {
        var tensor = tensor
        while initialiser(tensor) == nil {
            guard let node = producer(of: tensor) else { return nil }
            switch node.op {
            case "Constant": return node.tensor("value") == nil ? nil : tensor
            case "Identity", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "DequantizeLinear":
                guard let input = node.input(0) else { return nil }
                tensor = input
            default: return nil
            }
        }
        return tensor
    }

    /// The same graph with the weights of layers drawn anew: each constant keeps its elements, and chance puts them in other
    /// places. So they have the distribution that training gave them, in whatever type they are stored.
    ///
    /// - Parameter random: of each constant, by its name.
    package func redrawing<Random: RandomNumberGenerator>(
        _ layers: [WeightedLayer], _ random: (_ tensor: String) -> Random
    ) throws(ONNXError) -> Graph {
        let wanted = Set(layers.flatMap(\.tensors))
        var changed = proto
        for index in changed.initializer.indices where wanted.contains(changed.initializer[index].name) {
            var generator = random(changed.initializer[index].name)
            changed.initializer[index].shuffle(&generator)
        }
        for index in changed.node.indices where changed.node[index].opType == "Constant" {
            guard let name = changed.node[index].output.first, wanted.contains(name) else { continue }
            for attribute in changed.node[index].attribute.indices where changed.node[index].attribute[attribute].hasT {
                var generator = random(name)
                changed.node[index].attribute[attribute].t.shuffle(&generator)
            }
        }
        return try Graph(changed, operatorSets: operatorSets, file: file)
    }
}

extension Onnx_TensorProto {
    /// Puts the elements in random order, however they are stored.
    fileprivate mutating func shuffle(_ random: inout some RandomNumberGenerator) {
        guard hasRawData else {
            floatData.mix(&random)
            doubleData.mix(&random)
            int32Data.mix(&random)
            int64Data.mix(&random)
            return
        }
        // Two to a byte they cannot be told apart as bytes, and stay.
        guard let bits = ElementType(rawValue: Int(dataType))?.bits, bits % 8 == 0 else { return }
        let size = bits / 8
        rawData.withUnsafeMutableBytes { (bytes: UnsafeMutableRawBufferPointer) in
            for last in stride(from: bytes.count / size - 1, to: 0, by: -1) {
                let other = Int(random.next() % UInt64(last + 1))
                for byte in 0..<size { bytes.swapAt(last * size + byte, other * size + byte) }
            }
        }
    }
}

extension MutableCollection where Self: RandomAccessCollection, Index == Int {
    /// Fisher and Yates: `shuffle(using:)` does not promise to stay the same.
    fileprivate mutating func mix(_ random: inout some RandomNumberGenerator) {
        for last in stride(from: count - 1, to: 0, by: -1) {
            swapAt(startIndex + last, startIndex + Int(random.next() % UInt64(last + 1)))
        }
    }
}
