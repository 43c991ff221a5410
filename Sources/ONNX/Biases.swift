/// A tensor that something constant is added to, channel by channel.
package struct BiasedTensor: Sendable {
    /// What comes out: `[1, channels, …]`.
    package let tensor: String
    /// Float `[channels]`.
    package let bias: [Float]
}

extension Graph {
    /// The biases of all layers before the scores, in the data's order: of convolutions, dense layers, normalisations with
    /// fixed statistics, and additions of constants. Full-Grad's b (Srinivas and Fleuret 2019, arXiv:1905.00780, sec. 3).
    package func biases(before scores: String, types: [String: TensorType]) -> [BiasedTensor] {
        tensors(before: scores).reversed().compactMap { tensor in
            guard let node = producer(of: tensor), node.outputs.first == tensor, let type = types[tensor],
                type.isManageable, type.shape.count >= 2,
                let bias = bias(of: node, channels: type.shape[1], rank: type.shape.count),
                bias.contains(where: { $0 != 0 })
            else { return nil }
            return BiasedTensor(tensor: tensor, bias: bias)
        }
    }

    private func bias(of node: Node, channels: Int, rank: Int) -> [Float]? {
        let values: [Float]?
        switch node.op {
        case "Conv", "ConvTranspose": values = node.input(2).flatMap { constant($0)?.values }
        case "Gemm":
            let factor = node.float("beta") ?? 1
            values = node.input(2).flatMap { constant($0)?.values.map { $0 * factor } }
        case "BatchNormalization": values = offset(of: node)
        case "Add": values = addend(of: node, rank: rank)
        default: values = nil
        }
        guard let values else { return nil }
        if values.count == channels { return values }
        return values.count == 1 ? [Float](repeating: values[0], count: channels) : nil
    }

    /// What a normalisation makes of zeros.
    private func offset(of node: Node) -> [Float]? {
        let constants = (1...4).compactMap { position in node.input(position).flatMap { constant($0)?.values } }
        guard constants.count == 4, Set(constants.map(\.count)).count == 1 else { return nil }
        let epsilon = node.float("epsilon") ?? 1e-5
        let (scale, bias, mean, variance) = (constants[0], constants[1], constants[2], constants[3])
        return scale.indices.map { bias[$0] - mean[$0] * scale[$0] / (variance[$0] + epsilon).squareRoot() }
    }

    /// A constant operand with one number for each channel, which is axis 1.
    private func addend(of node: Node, rank: Int) -> [Float]? {
        for input in node.inputs {
            guard let constant = constant(input) else { continue }
            let shape = [Int](repeating: 1, count: max(0, rank - constant.shape.count)) + constant.shape
            let isByChannel = shape.indices.allSatisfy { $0 == 1 || shape[$0] == 1 }
            return isByChannel ? constant.values : nil
        }
        return nil
    }
}
