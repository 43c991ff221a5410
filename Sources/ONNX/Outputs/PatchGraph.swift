/// A classifier's graph up to some of its layers, and behind it what they say of each place of a picture: each layer's map,
/// averaged over 3×3 places, on the grid of the finest one, joined.
///
/// Roth et al. 2022, "Towards total recall in industrial anomaly detection", arXiv:2106.08265, section 3.1. Pictures go in as
/// R G B in 0...1, whatever the classifier takes.
package struct PatchGraph: Sendable {
    /// How the classifier's picture is made of R G B in 0...1.
    package struct Entry: Sendable {
        /// Float `[channels, 3]`, row-major.
        package let weights: [Float]
        /// Float `[channels]`.
        package let bias: [Float]

        package init(weights: [Float], bias: [Float]) {
            precondition(weights.count == 3 * bias.count)
            (self.weights, self.bias) = (weights, bias)
        }
    }

    /// Gives out the features only.
    package let graph: Graph
    /// The tensor of features: Float `[height * width, channels]`.
    package let features: String
    /// Of the grid.
    package let height: Int
    package let width: Int
    package let channels: Int
    /// What there is without an output.
    let cut: Onnx_GraphProto

    /// The operator set that is needed at least: broadcasting.
    private static let oldest = 7

    /// - Parameters:
    ///   - layers: maps, at least one.
    ///   - types: of the layers' tensors.
    ///   - size: of the pictures.
    /// - Throws: `.operatorSetTooOld`, `.layerIsNoMap` for tokens.
    package init(
        _ graph: Graph, layers: [Layer], types: [String: TensorType], image: ImageInput, entry: Entry,
        size: (height: Int, width: Int)
    ) throws(ONNXError) {
        let version = graph.operatorSets[""] ?? 1
        guard version >= Self.oldest else {
            throw ONNXError(file: graph.file, problem: .operatorSetTooOld(version, needed: Self.oldest))
        }
        if let tokens = layers.first(where: \.isTokens) {
            throw ONNXError(file: graph.file, problem: .layerIsNoMap(tokens.tensor))
        }
        let reached = layers.reduce(into: Set<Int>()) { $0.formUnion(graph.reached(from: $1.tensor)) }
        var proto = graph.cut(to: layers[0].tensor, reached)
        // Sizes that the file says of tensors may be others, such as an open number of pictures.
        (proto.valueInfo, proto.output) = ([], [])
        // It has one; older files list their constants there, too, which need not be.
        proto.input = []
        proto.makeRoom(for: AnomalyOutputs.reserved) { graph.freeName(Self.prefix + $0) }
        func renamed(_ tensor: String) -> String {
            AnomalyOutputs.reserved.contains(tensor) ? graph.freeName(Self.prefix + tensor) : tensor
        }
        var before = GraphWriter()
        before.enter(entry, image, as: renamed(image.name), size: size)
        proto.node = before.proto.node + proto.node
        proto.initializer += before.proto.initializer
        proto.input = before.proto.input

        let finest = layers.max { $0.area < $1.area }!
        (height, width, channels) = (finest.height, finest.width, layers.reduce(0) { $0 + $1.channels })
        var after = GraphWriter()
        let parts = layers.map { layer in
            after.patches(
                of: renamed(layer.tensor), layer, types[layer.tensor]?.elementType ?? .float32,
                on: (finest.height, finest.width))
        }
        features = after.rows(of: parts, channels: channels, places: height * width)
        proto.node += after.proto.node
        proto.initializer += after.proto.initializer
        cut = proto
        proto.output = [GraphWriter.info(features, TensorType(shape: [height * width, channels]))]
        self.graph = try Graph(proto, operatorSets: graph.operatorSets, file: graph.file)
    }

    /// Tells what is added from the file's own.
    static let prefix = "camstream/"
}

extension GraphWriter {
    /// Declares the picture, and makes the classifier's of it.
    fileprivate mutating func enter(
        _ entry: PatchGraph.Entry, _ image: ImageInput, as name: String, size: (height: Int, width: Int)
    ) {
        let picture = AnomalyOutputs.picture
        input(picture, TensorType(shape: [1, 3, size.height, size.width]))
        let prefix = PatchGraph.prefix
        constant(prefix + "entry.weight", entry.weights, shape: [entry.bias.count, 3, 1, 1])
        constant(prefix + "entry.bias", entry.bias, shape: [entry.bias.count])
        var steps: [(op: String, attributes: [NodeAttribute])] = []
        if image.layout == .channelsLast { steps.append(("Transpose", [.ints("perm", [0, 2, 3, 1])])) }
        if image.elementType != .float32 { steps.append(("Cast", [.int("to", image.elementType.rawValue)])) }
        let names = steps.indices.map { prefix + "entry/\($0)" } + [name]
        add("Conv", [picture, prefix + "entry.weight", prefix + "entry.bias"], [names[0]])
        for (number, step) in steps.enumerated() { add(step.op, [names[number]], [names[number + 1]], step.attributes) }
    }

    /// A layer's map, channels first, averaged over 3×3 places, on a grid.
    fileprivate mutating func patches(
        of tensor: String, _ layer: Layer, _ type: ElementType, on grid: (height: Int, width: Int)
    ) -> String {
        let prefix = PatchGraph.prefix + layer.tensor
        var map = tensor
        func next(_ name: String) -> String { "\(prefix)/\(name)" }
        if type != .float32 {
            add("Cast", [map], [next("float")], [.int("to", ElementType.float32.rawValue)])
            map = next("float")
        }
        if layer.layout == .channelsLast {
            add("Transpose", [map], [next("map")], [.ints("perm", [0, 3, 1, 2])])
            map = next("map")
        }
        add(
            "AveragePool", [map], [next("patches")],
            [.ints("kernel_shape", [3, 3]), .ints("strides", [1, 1]), .ints("pads", [1, 1, 1, 1])])
        map = next("patches")
        if layer.height != grid.height {
            let rows = Enlargement.bilinear(from: layer.height, to: grid.height)
            constant(next("rows"), rows, shape: [grid.height, layer.height])
            add("MatMul", [next("rows"), map], [next("tall")])
            map = next("tall")
        }
        if layer.width != grid.width {
            let columns = Enlargement.transposed(
                Enlargement.bilinear(from: layer.width, to: grid.width), columns: layer.width)
            constant(next("columns"), columns, shape: [layer.width, grid.width])
            add("MatMul", [map, next("columns")], [next("wide")])
            map = next("wide")
        }
        return map
    }

    /// Maps of one grid as one row a place.
    fileprivate mutating func rows(of maps: [String], channels: Int, places: Int) -> String {
        let prefix = PatchGraph.prefix + "places"
        var joined = maps[0]
        if maps.count > 1 {
            joined = prefix + "/joined"
            add("Concat", maps, [joined], [.int("axis", 1)])
        }
        constant(prefix + ".shape", [channels, places], shape: [2])
        add("Reshape", [joined, prefix + ".shape"], [prefix + "/columns"])
        add("Transpose", [prefix + "/columns"], [prefix], [.ints("perm", [1, 0])])
        return prefix
    }
}

extension Onnx_GraphProto {
    /// Gives other names to tensors that have these.
    fileprivate mutating func makeRoom(for names: [String], _ other: (String) -> String) {
        let others = Dictionary(uniqueKeysWithValues: names.map { ($0, other($0)) })
        for index in node.indices {
            node[index].input = node[index].input.map { others[$0] ?? $0 }
            node[index].output = node[index].output.map { others[$0] ?? $0 }
        }
        for index in initializer.indices {
            initializer[index].name = others[initializer[index].name] ?? initializer[index].name
        }
    }
}
