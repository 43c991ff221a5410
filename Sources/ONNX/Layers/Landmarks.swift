/// Which tensors of a graph people look at, of all that could be mapped.
///
/// Poolings and concatenations; sums of two maps (residual connections); activations, `x · sigmoid(x)` as one; layer
/// normalisations; convolutions, with their batch normalisation, that are handed on without an activation. Not: sums that
/// only an activation reads, biases, gates, the hidden layers of a transformer block's MLP.
struct Landmarks {
    let graph: Graph
    /// Whether a tensor is a map of the picture.
    let isMap: (String) -> Bool

    func contains(_ tensor: String, of node: Node) -> Bool {
        switch node.op {
        case "MaxPool", "AveragePool", "Concat": true
        case "LayerNormalization": true
        case "Conv", "ConvTranspose", "BatchNormalization", "QLinearConv":
            readers(of: tensor).contains { handsOn.contains($0.op) }
        case "Add", "Sum": isResidual(node) && !isOnlyActivated(tensor) || isNormalisation(node)
        case "Mul": isSwish(node) && !isHidden(node)
        default: activations.contains(node.op) && !isHidden(node)
        }
    }

    /// A sum of two variable tensors, one of which is a map; the other may have lost its places in rolled windows.
    private func isResidual(_ node: Node) -> Bool {
        node.inputs.filter { !graph.isConstant($0) }.count > 1 && node.inputs.contains { isMap($0) }
    }

    private func isOnlyActivated(_ tensor: String) -> Bool {
        let readers = readers(of: tensor)
        return !readers.isEmpty && readers.allSatisfy { activations.contains($0.op) }
    }

    /// Operators that read a tensor or a copy of it.
    private func readers(of tensor: String) -> [Node] {
        var (found, waiting): ([Node], [String]) = ([], [tensor])
        while let tensor = waiting.popLast() {
            for node in graph.consumers(of: tensor) {
                if ["Identity", "Dropout"].contains(node.op) {
                    waiting += node.outputs.prefix(1)
                } else {
                    found.append(node)
                }
            }
        }
        return found
    }

    /// x · σ(x), also with a piecewise linear σ.
    private func isSwish(_ node: Node) -> Bool {
        guard let first = node.input(0), let second = node.input(1) else { return false }
        return [(first, second), (second, first)].contains { whole, gate in
            guard let maker = graph.producer(of: gate) else { return false }
            return ["Sigmoid", "HardSigmoid"].contains(maker.op) && maker.input(0) == whole
        }
    }

    /// Whether what is activated comes from a dense layer: inside an MLP.
    private func isHidden(_ node: Node) -> Bool {
        let inputs = node.inputs.filter { graph.producer(of: $0)?.op != "Sigmoid" }
        var tensor = inputs.first ?? ""
        for _ in 0..<4 {
            guard let maker = graph.producer(of: tensor), maker.op == "Add", let (variable, _) = biased(maker) else {
                break
            }
            tensor = variable
        }
        return ["MatMul", "Gemm"].contains(graph.producer(of: tensor)?.op)
    }

    /// Layer normalisation as exporters before operator set 17 write it: (x - mean) / √… · scale + bias.
    private func isNormalisation(_ node: Node) -> Bool {
        guard let (scaled, _) = biased(node), let scale = graph.producer(of: scaled), scale.op == "Mul",
            let (normalised, _) = biased(scale), let ratio = graph.producer(of: normalised), ratio.op == "Div"
        else { return false }
        return ratio.input(1).flatMap { graph.producer(of: $0) }?.op == "Sqrt"
    }

    /// A node's variable and its constant input, if it has one of each.
    private func biased(_ node: Node) -> (variable: String, constant: String)? {
        guard let first = node.input(0), let second = node.input(1) else { return nil }
        let constants = [first, second].map { graph.isConstant($0) }
        return constants == [true, false] ? (second, first) : constants == [false, true] ? (first, second) : nil
    }
}

/// Operators that take a map as it is.
private let handsOn: Set<String> = [
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "Reshape",
    "Flatten", "Gemm",
]

private let activations: Set<String> = [
    "Relu", "LeakyRelu", "PRelu", "Elu", "Celu", "Selu", "Gelu", "Mish", "Softplus", "Softsign", "Tanh", "HardSwish",
    "Swish", "ThresholdedRelu", "Clip",
]

extension Graph {
    /// Whether a tensor is an initialiser, or made of nothing else in a few steps.
    fileprivate func isConstant(_ tensor: String, depth: Int = 4) -> Bool {
        guard let node = producer(of: tensor) else { return initialiser(tensor) != nil }
        return node.op == "Constant"
            || depth > 0 && (1...8).contains(node.inputs.count)
                && node.inputs.allSatisfy { isConstant($0, depth: depth - 1) }
    }
}
