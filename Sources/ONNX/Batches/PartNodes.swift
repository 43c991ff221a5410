/// A graph's operators as a part behind a tensor needs them.
struct PartNodes {
    /// Depend on the target; in the data's order.
    private(set) var path: [Node] = []
    /// Depend on no picture, and are read by the path.
    private(set) var constants: [Node] = []
    /// Tensors that the path reads, and that depend on the picture but not on the target.
    private(set) var sides: [String] = []

    /// Operators that change nothing but a tensor's shape: what else they read is left out where the shape is known.
    static let reshaping: Set<String> = ["Reshape", "Flatten", "Squeeze", "Unsqueeze"]

    init(
        _ graph: Graph, from target: String, to outputs: [String], types: [String: TensorType], isWhole: Bool
    ) throws(ONNXError) {
        func reads(_ node: Node) -> [String] {
            let isShaped = Self.reshaping.contains(node.op) || node.op == "Expand"
            return isShaped && types[node.outputs[0]] != nil ? Array(node.inputs.prefix(1)) : node.reads
        }
        var found: Set<Int> = []
        var waiting = outputs
        while let tensor = waiting.popLast() {
            guard tensor != target, let node = graph.producer(of: tensor), found.insert(node.index).inserted else {
                continue
            }
            waiting += reads(node)
        }
        var behindTarget: Set<String> = [target]
        var behindPicture = isWhole ? [] : Set(graph.inputs.map(\.name))
        var constants: [Node] = []
        for node in graph.ordered(found) {
            let inputs = reads(node)
            if inputs.contains(where: behindTarget.contains) {
                path.append(node)
                behindTarget.formUnion(node.outputs)
            } else if inputs.contains(where: behindPicture.contains) {
                behindPicture.formUnion(node.outputs)
            } else {
                constants.append(node)
            }
        }
        for output in outputs where !behindTarget.contains(output) || target == output {
            throw ONNXError(file: graph.file, problem: .scoresDoNotDepend(layer: target, scores: output))
        }
        let read = path.flatMap(reads)
        var known: Set<String> = []
        sides = read.filter { !behindTarget.contains($0) && behindPicture.contains($0) && known.insert($0).inserted }
        var needed = Set(read)
        for node in constants.reversed() where node.outputs.contains(where: needed.contains) {
            self.constants.append(node)
            needed.formUnion(reads(node))
        }
        self.constants.reverse()
    }
}
