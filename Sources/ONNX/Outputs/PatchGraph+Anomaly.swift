extension PatchGraph {
    /// How a map of distances becomes one that is shown.
    package struct Smoothing: Sendable {
        /// Float `[height, grid height]` and `[width, grid width]`, row-major.
        package let rows: [Float]
        package let columns: [Float]
        /// Of the map.
        package let height: Int
        package let width: Int

        /// A Gaussian of 4 pixels in a picture of 224, as the paper's code has it, in a map of a quarter of the size.
        package init(of patches: PatchGraph, size: (height: Int, width: Int)) {
            let sigma = 4 * Double(min(size.height, size.width)) / 224
            rows = Enlargement.smoothed(from: patches.height, to: size.height, sigma: sigma, share: 4)
            columns = Enlargement.smoothed(from: patches.width, to: size.width, sigma: sigma, share: 4)
            (height, width) = (rows.count / patches.height, columns.count / patches.width)
        }
    }

    /// The graph that tells how far each place of a picture is from all that good parts have: the distance to the nearest
    /// row of the memory, |a|² + |b|² - 2ab, in `AnomalyOutputs`.
    ///
    /// The score of a picture is the maximum of its map, so that a picture is anomalous where, and only where, a place of it is.
    ///
    /// - Parameter scale: nil: map and score are distances, and there is neither label nor mask.
    package func comparing(
        with memory: PatchMemory, _ smoothing: Smoothing, scale: MapScale?
    ) throws(ONNXError) -> Graph {
        var proto = cut
        var writer = GraphWriter()
        let version = graph.operatorSets[""] ?? 1
        let nearest = writer.nearest(features, channels, memory, version)
        let distance = writer.map(of: nearest, self, smoothing)
        writer.finish(distance, scale, version)
        let shape = [1, 1, smoothing.height, smoothing.width]
        writer.output(AnomalyOutputs.map, TensorType(shape: shape))
        writer.output(AnomalyOutputs.score, TensorType(shape: [1]))
        if scale != nil {
            writer.output(AnomalyOutputs.label, TensorType(shape: [1], elementType: .bool))
            writer.output(AnomalyOutputs.mask, TensorType(shape: shape, elementType: .bool))
        }
        proto.node += writer.proto.node
        proto.initializer += writer.proto.initializer
        proto.output = writer.proto.output
        return try Graph(proto, operatorSets: graph.operatorSets, file: graph.file)
    }
}

extension GraphWriter {
    private static let prefix = PatchGraph.prefix + "memory"

    /// Float `[places, 1]`: the squared distance of each row to the nearest of the memory, not below 0.
    fileprivate mutating func nearest(
        _ features: String, _ channels: Int, _ memory: PatchMemory, _ version: Int
    ) -> String {
        func name(_ part: String) -> String { "\(Self.prefix)/\(part)" }
        constant(name("mean"), memory.mean, shape: [1, channels])
        add("Sub", [features, name("mean")], [name("centred")])
        var rows = name("centred")
        if let projection = memory.projection {
            constant(name("projection"), projection, shape: [channels, memory.width])
            add("MatMul", [rows, name("projection")], [name("projected")])
            rows = name("projected")
        }
        let squares = (0..<memory.count).map { row in
            memory.rows[row * memory.width..<(row + 1) * memory.width].reduce(Float(0)) { $0 + $1 * $1 }
        }
        let columns = Enlargement.transposed(memory.rows, columns: memory.width).map { -2 * $0 }
        constant(name("rows"), columns, shape: [memory.width, memory.count])
        constant(name("squares"), squares, shape: [1, memory.count])
        add("MatMul", [rows, name("rows")], [name("products")])
        add("Add", [name("products"), name("squares")], [name("compared")])
        reduce("ReduceMin", name("compared"), to: name("least"), axes: [1], keeps: true, version)
        // A sum in any operator set.
        constant(name("ones"), [Float](repeating: 1, count: memory.width), shape: [memory.width, 1])
        add("Mul", [rows, rows], [name("squared")])
        add("MatMul", [name("squared"), name("ones")], [name("own")])
        add("Add", [name("least"), name("own")], [name("sum")])
        add("Relu", [name("sum")], [name("nearest")])
        return name("nearest")
    }

    /// Float `[1, 1, height, width]`: distances, enlarged and smoothed.
    fileprivate mutating func map(
        of nearest: String, _ patches: PatchGraph, _ smoothing: PatchGraph.Smoothing
    ) -> String {
        func name(_ part: String) -> String { "\(Self.prefix)/\(part)" }
        add("Sqrt", [nearest], [name("distances")])
        constant(name("shape"), [1, 1, patches.height, patches.width], shape: [4])
        add("Reshape", [name("distances"), name("shape")], [name("grid")])
        constant(name("down"), smoothing.rows, shape: [smoothing.height, patches.height])
        constant(
            name("across"), Enlargement.transposed(smoothing.columns, columns: patches.width),
            shape: [patches.width, smoothing.width])
        add("MatMul", [name("down"), name("grid")], [name("tall")])
        add("MatMul", [name("tall"), name("across")], [name("smooth")])
        return name("smooth")
    }

    /// The outputs.
    fileprivate mutating func finish(_ distance: String, _ scale: MapScale?, _ version: Int) {
        func name(_ part: String) -> String { "\(Self.prefix)/\(part)" }
        if let scale {
            constant(name("threshold"), [scale.threshold], shape: [1])
            constant(name("factor"), [scale.factor], shape: [1])
            constant(name("half"), [0.5], shape: [1])
            add("Sub", [distance, name("threshold")], [name("above")])
            add("Mul", [name("above"), name("factor")], [name("scaled")])
            add("Add", [name("scaled"), name("half")], [name("shifted")])
            clip(name("shifted"), to: AnomalyOutputs.map, name, version)
        } else {
            add("Identity", [distance], [AnomalyOutputs.map])
        }
        reduce("ReduceMax", AnomalyOutputs.map, to: AnomalyOutputs.score, axes: [1, 2, 3], keeps: false, version)
        guard scale != nil else { return }
        add("Greater", [AnomalyOutputs.score, name("half")], [AnomalyOutputs.label])
        add("Greater", [AnomalyOutputs.map, name("half")], [AnomalyOutputs.mask])
    }

    /// To 0...1; limits are inputs from operator set 11 on.
    private mutating func clip(_ tensor: String, to clipped: String, _ name: (String) -> String, _ version: Int) {
        guard version >= 11 else { return add("Clip", [tensor], [clipped], [.float("min", 0), .float("max", 1)]) }
        constant(name("zero"), [Float(0)], shape: [])
        constant(name("one"), [Float(1)], shape: [])
        add("Clip", [tensor, name("zero"), name("one")], [clipped])
    }

    /// Axes are an input from operator set 18 on.
    private mutating func reduce(
        _ op: String, _ tensor: String, to reduced: String, axes: [Int], keeps: Bool, _ version: Int
    ) {
        let keeps = NodeAttribute.int("keepdims", keeps ? 1 : 0)
        guard version >= 18 else { return add(op, [tensor], [reduced], [.ints("axes", axes), keeps]) }
        constant("\(Self.prefix)/\(op).axes", axes, shape: [axes.count])
        add(op, [tensor, "\(Self.prefix)/\(op).axes"], [reduced], [keeps])
    }
}
