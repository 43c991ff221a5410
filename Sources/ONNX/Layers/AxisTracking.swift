/// Follows the picture's rows and columns through a graph: which axis of each tensor holds them.
///
/// Convolutions and poolings say where they are, and the operators between carry them along: Transpose and Reshape move
/// them (tokens, windows), Concat puts class tokens before them, elementwise operators keep them. What brings them out of
/// order, such as the rolled windows of Swin blocks, loses them; the residual sum behind it has them again.
struct AxisTracking {
    private(set) var axes: [String: [Axis]] = [:]
    let nodes: [Node]
    private let graph: Graph
    private let types: [String: TensorType]

    init(_ graph: Graph, before scores: String, types: [String: TensorType]) {
        (self.graph, self.types) = (graph, types)
        nodes = graph.nodes(before: scores)
        for input in graph.inputs {
            let sizes = input.shape?.map { $0.size ?? 0 }
            guard let shape = types[input.name]?.shape ?? sizes, shape.count == 4,
                TensorType(shape: shape).isManageable
            else { continue }
            let isChannelsLast = (try? graph.imageInput())?.layout == .channelsLast
            axes[input.name] =
                isChannelsLast
                ? [.channels(shape[0]), .rows(shape[1]), .columns(shape[2]), .channels(shape[3])] : Axis.map(shape)
        }
        for node in nodes {
            for output in node.outputs {
                guard let shape = types[output]?.shape else { continue }
                let found = follow(node, to: output, shape)
                axes[output] = found.count == shape.count ? found : Axis.plain(shape)
            }
        }
    }

    func shape(of tensor: String) -> [Int]? { types[tensor]?.shape ?? graph.info(of: tensor)?.fixedShape }

    private func follow(_ node: Node, to output: String, _ shape: [Int]) -> [Axis] {
        switch node.op {
        case "Conv", "ConvTranspose", "QLinearConv", "ConvInteger", "MaxPool", "AveragePool", "LpPool", "DepthToSpace",
            "SpaceToDepth":
            return shape.count == 4 ? Axis.map(shape) : Axis.plain(shape)
        case "MatMul": return product(node, shape)
        case "Gemm":
            guard let (axes, _) = read(node, 0), axes.count == 2, shape.count == 2 else { return Axis.plain(shape) }
            return [axes[node.int("transA") ?? 0 == 0 ? 0 : 1], .channels(shape[1])]
        case "Einsum": return einsum(node, shape)
        case "Concat": return concat(node, shape)
        default: break
        }
        guard let (input, old) = read(node, 0) else { return broadcast(node, shape) }
        switch node.op {
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze": return Axis.reshaped(input, to: shape)
        case "Transpose":
            let order = node.ints("perm") ?? input.indices.reversed()
            return order.compactMap { input.indices.contains($0) ? input[$0] : nil }
        case "Resize", "Upsample", "Pad":
            guard old.count == shape.count else { return Axis.plain(shape) }
            return shape.indices.map { input[$0].resized(from: old[$0], to: shape[$0]) }
        case "Slice", "Split", "Gather":
            return select(node, output, input, from: old, to: shape)
        case let op where op.hasPrefix("Reduce") || op.hasPrefix("Arg"):
            return reduced(node, input, from: old, to: shape)
        default: return broadcast(node, shape)
        }
    }

    private func read(_ node: Node, _ position: Int) -> (axes: [Axis], shape: [Int])? {
        guard let name = node.input(position), let axes = axes[name], let shape = shape(of: name),
            axes.count == shape.count
        else { return nil }
        return (axes, shape)
    }

    /// Of each axis, what the inputs that are spread over it say; of several the first that speaks of places.
    private func broadcast(_ node: Node, _ shape: [Int]) -> [Axis] {
        var result = Axis.plain(shape)
        for position in node.inputs.indices.reversed() {
            guard let (axes, old) = read(node, position), old.count <= shape.count else { continue }
            let offset = shape.count - old.count
            guard old.indices.allSatisfy({ old[$0] == shape[$0 + offset] || old[$0] == 1 }) else { continue }
            for axis in old.indices where old[axis] == shape[axis + offset] && !axes[axis].isChannels {
                result[axis + offset] = axes[axis]
            }
        }
        return result
    }

    private func product(_ node: Node, _ shape: [Int]) -> [Axis] {
        var result = Axis.plain(shape)
        let (left, right) = (read(node, 0), read(node, 1))
        if let right, right.axes.count > 1, shape.count > 0 {
            result[shape.count - 1] = right.axes[right.axes.count - 1]
        }
        if let left, left.axes.count > 1, shape.count > 1 { result[shape.count - 2] = left.axes[left.axes.count - 2] }
        for (axes, old) in [right, left].compactMap({ $0 }) where old.count <= shape.count {
            let offset = shape.count - old.count
            for axis in old.indices.dropLast(2)
            where old[axis] == shape[axis + offset] && !axes[axis].isChannels { result[axis + offset] = axes[axis] }
        }
        return result
    }

    private func einsum(_ node: Node, _ shape: [Int]) -> [Axis] {
        guard let equation = node.einsum, equation.output.count == shape.count else { return Axis.plain(shape) }
        return equation.output.enumerated().map { axis, letter in
            for (position, letters) in equation.inputs.enumerated() {
                guard let place = letters.firstIndex(of: letter), let (axes, _) = read(node, position),
                    axes.indices.contains(place), !axes[place].isChannels
                else { continue }
                return axes[place]
            }
            return .channels(shape[axis])
        }
    }

    /// Beside the axis of the concatenation as the inputs have it; along it, tokens may come before a grid.
    private func concat(_ node: Node, _ shape: [Int]) -> [Axis] {
        let given = node.int("axis") ?? 0
        let axis = given < 0 ? given + shape.count : given
        guard shape.indices.contains(axis) else { return Axis.plain(shape) }
        var result = Axis.plain(shape)
        for position in node.inputs.indices.reversed() {
            guard let (axes, old) = read(node, position), old.count == shape.count else { continue }
            for other in shape.indices where other != axis && !axes[other].isChannels { result[other] = axes[other] }
        }
        let places = node.inputs.indices.filter {
            read(node, $0).map { $0.shape.count == shape.count && !$0.axes[axis].isChannels } ?? false
        }
        if places == [node.inputs.count - 1], let (axes, old) = read(node, places[0]),
            let (prefix, height, width) = axes[axis].tokens
        {
            result[axis] = .tokens(prefix: prefix + shape[axis] - old[axis], height: height, width: width)
        }
        return result
    }

    private func select(
        _ node: Node, _ output: String, _ input: [Axis], from old: [Int], to shape: [Int]
    ) -> [Axis] {
        let selections = graph.selections(by: node, for: output, of: old, types: types)
        if let dropped = selections.first, dropped.dropsAxis {
            return input.indices.filter { $0 != dropped.axis }.map { input[$0] }
        }
        guard old.count == shape.count else { return Axis.plain(shape) }
        var result = shape.indices.map { old[$0] == shape[$0] ? input[$0] : .channels(shape[$0]) }
        for chosen in selections {
            result[chosen.axis] = input[chosen.axis].selecting(
                first: chosen.first, count: chosen.count, step: chosen.step, of: old[chosen.axis])
        }
        return result
    }

    private func reduced(_ node: Node, _ input: [Axis], from old: [Int], to shape: [Int]) -> [Axis] {
        if old.count == shape.count {
            return shape.indices.map { old[$0] == shape[$0] ? input[$0] : .channels(shape[$0]) }
        }
        guard let axes = graph.reducedAxes(node, rank: old.count) else { return Axis.plain(shape) }
        return input.indices.filter { !axes.contains($0) }.map { input[$0] }
    }
}

extension Graph {
    /// The axes that a reduction takes away; nil if they are not constant.
    func reducedAxes(_ node: Node, rank: Int) -> Set<Int>? {
        guard let axes = node.ints("axes") ?? node.int("axis").map({ [$0] }) ?? node.input(1).flatMap({ integers($0) })
        else { return node.inputs.count == 1 ? Set(0..<rank) : nil }
        return Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    }
}

extension Node {
    /// The letters of an Einsum's equation; nil for forms with an ellipsis.
    var einsum: (inputs: [[Character]], output: [Character])? {
        guard let equation = string("equation")?.filter({ $0 != " " }), !equation.contains(".") else { return nil }
        let sides = equation.split(separator: ">")
        guard sides.count == 2, sides[0].hasSuffix("-") else { return nil }
        let inputs = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
        return (inputs, Array(sides[1]))
    }
}

extension ValueInfo {
    /// Nil if a size is open.
    var fixedShape: [Int]? {
        let sizes = shape?.compactMap(\.size)
        return sizes?.count == shape?.count ? sizes : nil
    }
}
