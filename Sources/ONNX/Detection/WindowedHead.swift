package import Foundation

/// The part of a head between a level and its class scores, around single places.
///
/// One logit depends on a few places of its level, such as 5x5. So the head is computed once more on that window alone,
/// forwards and back again: hundreds of times less than on the whole map, and the forward pass need not give out what the
/// gradient reads. Where the window would reach over the map's border it is moved inwards, so that its border is the map's.
package struct WindowedHead: Sendable {
    /// The file of a graph: inputs `level`, Float `[K, channels, height, width]`, and `Gradient.seed`, of the same places of
    /// what is differentiated; output `Gradient.result(0)`, like the level. Any number K at once.
    package let graph: Data
    package let level: String
    package let height: Int
    package let width: Int
    /// How far a score reaches to each side.
    package let radius: Int
    /// Channels of what is differentiated.
    package let seedChannels: Int

    /// - Parameters:
    ///   - seeded: what is differentiated.
    /// - Returns: nil where the head is not made of convolutions that keep the map's size, and of operators place by place.
    init?(_ graph: Graph, from level: Layer, to seeded: String, types: [String: TensorType]) {
        guard level.layout == .channelsFirst, level.tensor != seeded, graph.operatorSets[""] ?? 1 >= 9,
            let path = try? GradientPath(graph, from: level.tensor, to: seeded),
            let radius = Self.radius(path, level, types)
        else { return nil }
        (self.level, self.radius) = (level.tensor, radius)
        (height, width) = (min(level.height, 2 * radius + 1), min(level.width, 2 * radius + 1))
        var cut = path.constants
        for tensor in path.tensors {
            let shape = types[tensor]!.shape
            cut[tensor] = TensorType(shape: [1, shape[1], height, width])
        }
        seedChannels = cut[seeded]!.shape[1]
        guard let written = try? Self.written(path, cut, file: graph.file) else { return nil }
        self.graph = written
    }

    /// Where the window around a place begins.
    ///
    /// - Parameter size: of the level.
    package func origin(row: Int, column: Int, of size: (height: Int, width: Int)) -> (row: Int, column: Int) {
        (
            min(max(0, row - radius), size.height - height), min(max(0, column - radius), size.width - width)
        )
    }

    // MARK: How far scores reach

    /// Nil where an operator reaches everywhere, or reads what the window does not have.
    private static func radius(_ path: GradientPath, _ level: Layer, _ types: [String: TensorType]) -> Int? {
        var reach = [level.tensor: 0]
        for node in path.nodes {
            for input in node.inputs where !path.tensors.contains(input) {
                // Lists of numbers for each channel, or one for all.
                guard input.isEmpty || path.graph.initialiser(input)?.elementType == .float32 else { return nil }
            }
            guard node.outputs.count == 1, let type = types[node.outputs[0]], type.elementType == .float32,
                type.shape.count == 4, Array(type.shape[2...]) == [level.height, level.width], type.shape[0] == 1,
                let own = ownRadius(node, path.graph, path.tensors)
            else { return nil }
            reach[node.outputs[0]] = node.inputs.compactMap { reach[$0] }.max()! + own
        }
        return reach[path.scores]
    }

    private static func ownRadius(_ node: Node, _ graph: Graph, _ variable: Set<String>) -> Int? {
        switch node.op {
        case "Sigmoid", "Relu", "LeakyRelu", "HardSwish", "HardSigmoid", "Tanh", "Softplus", "Identity",
            "BatchNormalization":
            return 0
        case "Mul", "Add":
            let isSpread = node.inputs.filter { !variable.contains($0) }.allSatisfy { input in
                guard let shape = graph.initialiser(input)?.shape else { return false }
                return shape.suffix(2).allSatisfy { $0 == 1 } && (shape.count >= 2 || shape.allSatisfy { $0 == 1 })
            }
            return isSpread ? 0 : nil
        case "Conv":
            guard let kernel = node.input(1).flatMap({ graph.initialiser($0)?.shape.dropFirst(2) }), kernel.count == 2,
                let size = kernel.first, kernel.allSatisfy({ $0 == size }), size % 2 == 1,
                (node.ints("strides") ?? []).allSatisfy({ $0 == 1 }), node.string("auto_pad") ?? "NOTSET" == "NOTSET"
            else { return nil }
            let dilations = node.ints("dilations") ?? [1, 1]
            let radius = (size / 2) * (dilations.first ?? 1)
            guard dilations.allSatisfy({ $0 == dilations.first }), dilations.allSatisfy({ (1...64).contains($0) }),
                (node.ints("pads") ?? [0, 0, 0, 0]).allSatisfy({ $0 == radius }), radius <= 64
            else { return nil }
            return radius
        default: return nil
        }
    }

    // MARK: The graph

    private static func written(_ path: GradientPath, _ types: [String: TensorType], file: String) throws -> Data {
        let level = path.targets[0]
        var part = Onnx_GraphProto()
        part.node = path.nodes.map(\.proto)
        let read = Set(path.nodes.flatMap(\.reads))
        part.initializer = path.graph.proto.initializer.filter { read.contains($0.name) }
        part.input = [GraphWriter.info(level, types[level]!)]
        part.output = [GraphWriter.info(path.scores, nil)]
        let forward = try Graph(part, operatorSets: path.graph.operatorSets, file: file)
        let backward = BackwardGraph(forward: forward, types: types, isBatched: true)
        let seed = backward.input(Gradient.seed, shape: types[path.scores]!.shape)
        let walk = GradientWalk(try GradientPath(forward, from: level, to: path.scores), backward)
        backward.give(try walk.gradients(seed: seed)[0], as: Gradient.result(0))
        var proto = try backward.joinedWithForward().proto
        // No operator of these is told a shape: the number of windows may be any.
        proto.input = [level, Gradient.seed].map { name in
            GraphWriter.info(name, types[name] ?? types[path.scores]!, openAxis: 0)
        }
        proto.output = [GraphWriter.info(Gradient.result(0), types[level]!, openAxis: 0)]
        // Operators that are allowed here mean the same from version 9 on.
        return try GraphWriter(proto).serialized(operatorSet: BackwardGraph.operatorSet, name: file)
    }
}
