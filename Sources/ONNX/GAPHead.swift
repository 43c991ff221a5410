/// Finding the CAM head: back from the classifier's output to the pooling.
extension Graph {
    /// Finds the global average pooling head that the class scores come from.
    ///
    /// - Parameter layer: the feature map that the user wants explained: a tensor's name, or a unique node's.
    /// - Throws: `.noClassScores`, `.noGAPHead`, `.layerNotFound`, `.layerIsNotPooled`.
    package func camHead(layer: String? = nil) throws(ONNXError) -> CAMHead {
        let wanted = try layer.map { name throws(ONNXError) in try tensor(named: name) }
        var failures: [ONNXError.Problem] = []
        // Of several outputs, the first with a head is the classifier: auxiliary ones come after the main one.
        for output in outputs.prefix(16) {
            do throws(ONNXError.Problem) {
                if let reason = output.defectAsClassScores { throw .noClassScores(output.name, reason: reason) }
                var walk = HeadWalk(self, from: output.name)
                return try walk.head(at: wanted)
            } catch {
                failures.append(error)
            }
        }
        throw ONNXError(file: file, problem: mostTelling(failures))
    }

    private func mostTelling(_ failures: [ONNXError.Problem]) -> ONNXError.Problem {
        if failures.count == 1 { return failures[0] }
        for failure in failures {
            if case .layerIsNotPooled = failure { return failure }
        }
        let names = outputs.prefix(5).map(\.name).joined(separator: ", ")
        return .noClassScores(
            outputs[0].name, reason: "is one of \(outputs.count) (\(names)), and none has a GAP head before it")
    }
}

extension ValueInfo {
    /// Why an output cannot be class scores, or nil if it can for all that is said: [N, classes], [classes], [N], [1],
    /// [N, 1, classes], [N, classes, 1, 1].
    var defectAsClassScores: String? {
        guard isTensor else { return "is a sequence or map, not a tensor" }
        if let elementType, !elementType.isFloat { return "holds \(elementType) numbers, not scores" }
        guard let shape else { return nil }
        let isVector = (1...2).contains(shape.count) || shape.count == 3 && shape[1...].contains { $0.size == 1 }
        let isUnitMap =
            shape.count == 4 && [shape[2...], shape[1...2]].contains { $0.allSatisfy { $0.size ?? 1 == 1 } }
        return isVector || isUnitMap ? nil : "has the shape \(shape)"
    }
}

/// One walk from an output back to the feature map.
private struct HeadWalk {
    private let graph: Graph
    private let output: String
    /// The tensor reached.
    private var tensor: String
    /// Operators passed, the last first.
    private var passed: [String] = []
    private var isQuantised = false

    init(_ graph: Graph, from output: String) {
        self.graph = graph
        self.output = output
        tensor = output
    }

    mutating func head(at wanted: String?) throws(ONNXError.Problem) -> CAMHead {
        passTransparent()
        var activation = CAMHead.Activation.none
        var logits = output
        if let node = graph.producer(of: tensor), let found = CAMHead.Activation(of: node), let input = node.input(0) {
            passed.append(node.op)
            (activation, logits, tensor) = (found, input, input)
            passTransparent()
        }
        var isPair = false
        if let score = graph.score(ofPair: tensor) {
            (tensor, isPair) = (score, true)
            passTransparent()
            // None of it is the model's own.
            passed = []
        }
        let biases = try passBiases()
        var dense = try passDense()
        if dense != nil { passTransparent() }
        let (node, pooling) = try reachPooling()
        passed.append(node.op)

        let mapMaker = graph.mapMaker(pooling.input)
        if dense == nil, mapMaker == nil { throw noHead(reason: "what is pooled does not come from a convolution") }
        let mapChannels = mapMaker.flatMap { graph.kernelShape($0)?.first }
        if let dense, let mapChannels, dense.channels != mapChannels {
            throw noHead(reason: "the dense layer reads \(dense.channels) numbers, the map has \(mapChannels) channels")
        }
        let classes = dense?.classes ?? mapChannels ?? (isPair ? nil : graph.classCount(output))
        if classes == nil, !biases.isEmpty { throw noHead(reason: "the number of classes is unknown") }
        var bias = dense?.bias ?? [Float](repeating: 0, count: classes ?? 0)
        do {
            for (node, name) in biases {
                bias = zip(bias, try graph.bias(name, classes: bias.count, of: node)).map { $0 + $1 }
            }
        } catch {
            throw noHead(reason: error.reason)
        }
        dense?.bias = bias
        let (target, layout) = try choose(wanted, pooling)
        if isPair {
            guard classes == 1 else { throw noHead(reason: "one score is made of more than one sum") }
            let row = dense?.weights ?? [1]
            return CAMHead(
                kind: .dense, target: target, layout: layout, logits: logits, activation: activation, output: output,
                weights: row.map { -$0 } + row, bias: [-bias[0], bias[0]], classes: 2, channels: row.count,
                requiredPoolSize: pooling.window, isQuantised: isQuantised, description: describe(dense, mapMaker))
        }
        return CAMHead(
            kind: dense == nil ? .classMaps : .dense, target: target, layout: layout, logits: logits,
            activation: activation, output: output, weights: dense?.weights ?? [], bias: bias, classes: classes,
            channels: dense?.channels ?? classes, requiredPoolSize: pooling.window, isQuantised: isQuantised,
            description: describe(dense, mapMaker))
    }

    /// Goes back over operators that change a vector's form but not its numbers.
    private mutating func passTransparent() {
        while let node = graph.producer(of: tensor), transparent.contains(node.op), let input = node.input(0) {
            passed.append(node.op)
            isQuantised = isQuantised || node.op == "QuantizeLinear"
            tensor = input
        }
    }

    /// Goes back over additions of constants, in either order of operands.
    private mutating func passBiases() throws(ONNXError.Problem) -> [(Node, String)] {
        var biases: [(Node, String)] = []
        while let node = graph.producer(of: tensor), node.op == "Add", let first = node.input(0),
            let second = node.input(1)
        {
            let constantIsFirst = graph.constant(first) != nil
            guard constantIsFirst || graph.constant(second) != nil else { break }
            biases.append((node, constantIsFirst ? first : second))
            passed.append(node.op)
            tensor = constantIsFirst ? second : first
            passTransparent()
        }
        return biases
    }

    private mutating func passDense() throws(ONNXError.Problem) -> DenseLayer? {
        guard let node = graph.producer(of: tensor) else { return nil }
        do {
            guard let dense = try graph.denseLayer(of: node) else { return nil }
            passed.append(node.op)
            tensor = dense.input
            return dense
        } catch {
            throw noHead(reason: error.reason)
        }
    }

    private func reachPooling() throws(ONNXError.Problem) -> (Node, Pooling) {
        guard let node = graph.producer(of: tensor) else { throw noHead(reason: nil) }
        switch graph.pooling(of: node) {
        case .pooling(let pooling): return (node, pooling)
        case .notGlobal(let reason): throw noHead(reason: reason)
        case .other: throw noHead(reason: nil)
        }
    }

    private func noHead(reason: String?) -> ONNXError.Problem {
        .noGAPHead(found: graph.operatorsAfterLastMap(before: output), reason: reason)
    }

    /// The pooled tensor, or the wanted one if it is the same map before operators that keep its numbers.
    private func choose(_ wanted: String?, _ pooling: Pooling) throws(ONNXError.Problem) -> (String, TensorLayout) {
        guard let wanted, wanted != pooling.input else { return (pooling.input, pooling.layout) }
        var (tensor, layout) = (pooling.input, pooling.layout)
        while let node = graph.producer(of: tensor), let input = node.input(0) {
            switch (node.op, node.ints("perm"), layout) {
            case ("Identity", _, _), ("Dropout", _, _), ("Cast", _, _): break
            case ("Transpose", [0, 2, 3, 1], .channelsLast): layout = .channelsFirst
            case ("Transpose", [0, 3, 1, 2], .channelsFirst): layout = .channelsLast
            default: throw .layerIsNotPooled(wanted, pooled: pooling.input)
            }
            tensor = input
            if tensor == wanted { return (tensor, layout) }
        }
        throw .layerIsNotPooled(wanted, pooled: pooling.input)
    }

    private func describe(_ dense: DenseLayer?, _ mapMaker: Node?) -> String {
        let chain = passed.reversed().joined(separator: " → ")
        guard let dense else {
            let kernel = mapMaker.flatMap { node in graph.kernelShape(node).map { "\(node.inputs[1]) \($0)" } }
            return "class maps of Conv\(kernel.map { " (\($0))" } ?? "") → \(chain)"
        }
        return "\(chain) (\(dense.origin))"
    }
}

/// Operators that leave the numbers of a pooled vector as and where they are. On a vector a Transpose only moves
/// dimensions of size 1.
let transparent: Set<String> = [
    "Identity", "Dropout", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "QuantizeLinear",
    "DequantizeLinear",
]

/// Operators that keep a convolution's channels apart.
private let channelwise: Set<String> = [
    "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Clip", "HardSwish", "BatchNormalization", "Identity", "Dropout",
    "Cast", "Transpose", "QuantizeLinear", "DequantizeLinear",
]

extension CAMHead.Activation {
    init?(of node: Node) {
        switch node.op {
        case "Softmax", "LogSoftmax": self = .softmax
        case "Sigmoid": self = .sigmoid
        default: return nil
        }
    }
}

extension Graph {
    /// The convolution whose channels a map holds, or nil if another operator mixes or makes them.
    func mapMaker(_ map: String) -> Node? {
        var tensor = map
        while let node = producer(of: tensor) {
            if node.op == "Conv" { return node }
            guard channelwise.contains(node.op), let input = node.input(0) else { return nil }
            tensor = input
        }
        return nil
    }

    func kernelShape(_ node: Node) -> [Int]? {
        node.input(1).flatMap { constant($0)?.shape }
    }

    fileprivate func classCount(_ output: String) -> Int? {
        guard let shape = info(of: output)?.shape else { return nil }
        return shape.dropFirst().first { $0.size ?? 0 > 1 }?.size
    }

    /// Operators between the last convolution (and its activation) and an output, in the data's order; of a long chain
    /// the last ten.
    fileprivate func operatorsAfterLastMap(before output: String) -> [String] {
        var found: [String] = []
        var tensor = producer(of: output).flatMap { $0.input(0).flatMap { score(ofPair: $0) } } ?? output
        while let node = producer(of: tensor), node.op != "Conv", node.op != "ConvTranspose" {
            found.append(node.op)
            guard let input = node.inputs.first(where: { producer(of: $0).map { $0.op != "Constant" } ?? false })
            else { break }
            tensor = input
        }
        while let last = found.last, channelwise.contains(last) { found.removeLast() }
        return found.count > 10 ? ["…"] + found.prefix(10).reversed() : found.reversed()
    }
}
