/// The one linear layer between pooled features and class scores: scores = weights · features + bias.
struct DenseLayer: Equatable {
    /// The tensor of features that it reads.
    let input: String
    /// Float [classes, channels], row-major.
    let weights: [Float]
    let classes: Int
    let channels: Int
    /// Float [classes].
    var bias: [Float]
    /// The weights' name and shape as stored, for the log.
    let origin: String

    /// A linear operator that cannot be used, and why.
    struct Refusal: Error {
        let reason: String
    }
}

extension Graph {
    /// Reads a node as a linear layer; nil if it is another operator.
    ///
    /// - Throws: a refusal for a linear operator with computed weights, or one that is not plainly W · x + b.
    func denseLayer(of node: Node) throws(DenseLayer.Refusal) -> DenseLayer? {
        switch node.op {
        case "Gemm": try gemm(node)
        case "MatMul": try matMul(node)
        case "Conv": try pointwiseConvolution(node)
        default: nil
        }
    }

    /// alpha · A · B + beta · C, A the features.
    private func gemm(_ node: Node) throws(DenseLayer.Refusal) -> DenseLayer {
        guard node.int("transA") ?? 0 == 0 else { throw DenseLayer.Refusal(reason: "Gemm transposes the features") }
        let stored = try matrix(node)
        // B is [channels, classes] unless transB says that it is [classes, channels] already.
        var weights = node.int("transB") ?? 0 == 0 ? stored.transposed([1, 0]) ?? stored : stored
        if let alpha = node.float("alpha"), alpha != 1 {
            for index in weights.values.indices { weights.values[index] *= alpha }
        }
        let beta = node.float("beta") ?? 1
        let bias = try bias(node.input(2), classes: weights.shape[0], of: node).map { $0 * beta }
        return dense(node, weights, bias, stored: stored)
    }

    private func matMul(_ node: Node) throws(DenseLayer.Refusal) -> DenseLayer {
        let stored = try matrix(node)
        let weights = stored.transposed([1, 0]) ?? stored
        return dense(node, weights, [Float](repeating: 0, count: weights.shape[0]), stored: stored)
    }

    /// A convolution of a 1×1 map by a 1×1 kernel.
    private func pointwiseConvolution(_ node: Node) throws(DenseLayer.Refusal) -> DenseLayer {
        guard let name = node.input(1), let kernel = constant(name) else {
            throw DenseLayer.Refusal(reason: "the weights of Conv are not constant")
        }
        guard kernel.shape.count == 4, kernel.shape[2...] == [1, 1], node.int("group") ?? 1 == 1,
            node.ints("pads")?.allSatisfy({ $0 == 0 }) ?? true
        else { throw DenseLayer.Refusal(reason: "Conv with a kernel \(kernel.shape) is no dense layer") }
        let weights = Constant(shape: [kernel.shape[0], kernel.shape[1]], values: kernel.values)
        let bias = try bias(node.input(2), classes: weights.shape[0], of: node)
        return dense(node, weights, bias, stored: kernel)
    }

    /// The constant second operand, with leading dimensions of 1 taken away.
    private func matrix(_ node: Node) throws(DenseLayer.Refusal) -> Constant {
        guard let name = node.input(1), var value = constant(name) else {
            throw DenseLayer.Refusal(reason: "the weights of \(node.op) are not constant")
        }
        while value.shape.count > 2, value.shape[0] == 1 { value.shape.removeFirst() }
        guard value.shape.count == 2 else {
            throw DenseLayer.Refusal(reason: "the weights of \(node.op) have shape \(value.shape)")
        }
        return value
    }

    /// A bias that is absent, one number for all classes, or one for each: [classes], [1, classes], [classes, 1, 1].
    func bias(_ name: String?, classes: Int, of node: Node) throws(DenseLayer.Refusal) -> [Float] {
        guard let name else { return [Float](repeating: 0, count: classes) }
        guard let value = constant(name) else {
            throw DenseLayer.Refusal(reason: "the bias of \(node.op) is not constant")
        }
        if value.values.count == 1 { return [Float](repeating: value.values[0], count: classes) }
        guard value.values.count == classes, value.shape.contains(classes) else {
            throw DenseLayer.Refusal(reason: "\(node.op) adds \(value.shape) to \(classes) classes")
        }
        return value.values
    }

    private func dense(_ node: Node, _ weights: Constant, _ bias: [Float], stored: Constant) -> DenseLayer {
        DenseLayer(
            input: node.inputs[0], weights: weights.values, classes: weights.shape[0], channels: weights.shape[1],
            bias: bias, origin: "\(node.inputs[1]) \(stored.shape)")
    }
}
