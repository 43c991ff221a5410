/// Looks for TopK or NonMaxSuppression between a detector's candidates and its outputs.
struct FinalChoice {
    enum Found: Equatable {
        case nothing
        case topK(boxes: String, scores: String)
        case suppression(boxes: String, scores: String, isCentred: Bool)
        case kept(reason: String)
    }

    let found: Found

    init(_ graph: Graph) {
        let all = graph.outputs.reduce(into: Set<Int>()) { $0.formUnion(graph.reached(from: $1.name)) }
        let suppressions = all.sorted().map { graph.nodes[$0] }.filter { $0.op == "NonMaxSuppression" }
        found = suppressions.isEmpty ? Self.topK(graph) : Self.suppression(suppressions, graph)
    }

    // MARK: NonMaxSuppression

    private static func suppression(_ nodes: [Node], _ graph: Graph) -> Found {
        guard nodes.count == 1, let boxes = nodes[0].input(0), let scores = nodes[0].input(1) else {
            return .kept(reason: "it has \(nodes.count) NonMaxSuppression")
        }
        guard graph.producer(of: boxes) != nil, graph.producer(of: scores) != nil else {
            return .kept(reason: "NonMaxSuppression reads what no operator makes")
        }
        for tensor in [boxes, scores] {
            let before = graph.reached(from: tensor).map { graph.nodes[$0] }
            if let open = before.filter({ counting.contains($0.op) }).min(by: { $0.index < $1.index }) {
                return .kept(
                    reason: "how many candidates reach NonMaxSuppression depends on the picture (\(open.label))")
            }
        }
        return .suppression(boxes: boxes, scores: scores, isCentred: nodes[0].int("center_point_box") ?? 0 == 1)
    }

    /// Operators whose results are as many as the picture says.
    private static let counting: Set<String> = ["NonZero", "NonMaxSuppression", "Loop", "If", "Compress", "Unique"]

    // MARK: TopK

    private static func topK(_ graph: Graph) -> Found {
        let choosing = Set(ending(graph).filter { $0.op == "TopK" }.map(\.index))
        guard !choosing.isEmpty else { return .nothing }
        let firsts = choosing.sorted().filter { index in
            graph.nodes[index].input(0).map { graph.reached(from: $0).isDisjoint(with: choosing) } ?? false
        }
        guard firsts.count == 1 else { return .kept(reason: "it has \(firsts.count) TopK side by side") }
        guard let scores = ranked(graph.nodes[firsts[0]], graph) else {
            return .kept(reason: "what its TopK ranks is not seen")
        }
        let sources = gathered(behind: choosing, graph).filter { $0 != scores }
        guard let boxes = sources.first, sources.count == 1 else {
            return .kept(reason: "what its TopK picks from is not seen")
        }
        return .topK(boxes: boxes, scores: scores)
    }

    /// The operators at the graph's end that pick, move or count, and compute nothing that has weights.
    private static func ending(_ graph: Graph) -> [Node] {
        var found: Set<Int> = []
        var waiting = graph.outputs.map(\.name)
        while let tensor = waiting.popLast() {
            guard let node = graph.producer(of: tensor), picking.contains(node.op),
                found.insert(node.index).inserted
            else { continue }
            waiting += node.reads
        }
        return found.sorted().map { graph.nodes[$0] }
    }

    private static let picking: Set<String> = [
        "TopK", "Gather", "GatherElements", "GatherND", "Concat", "Reshape", "Flatten", "Squeeze", "Unsqueeze",
        "Transpose", "Slice", "Split", "Cast", "Identity", "Expand", "Tile", "Mod", "Div", "Mul", "Add", "Sub", "Floor",
        "ReduceMax",
    ]

    /// The scores that a TopK ranks: each candidate's best, or all in one row.
    private static func ranked(_ node: Node, _ graph: Graph) -> String? {
        var tensor = node.input(0)
        while let name = tensor, let maker = graph.producer(of: name) {
            switch maker.op {
            case "ReduceMax", "Flatten", "Reshape": return maker.input(0)
            case "Identity", "Cast", "Squeeze", "Unsqueeze": tensor = maker.input(0)
            default: return nil
            }
        }
        return nil
    }

    /// Tensors of candidates that elements are picked from by what TopK found.
    private static func gathered(behind choosing: Set<Int>, _ graph: Graph) -> [String] {
        var found: [String] = []
        for node in ending(graph) where node.op.hasPrefix("Gather") {
            guard var data = node.input(0), let positions = node.input(1),
                !graph.reached(from: positions).isDisjoint(with: choosing),
                graph.reached(from: data).isDisjoint(with: choosing)
            else { continue }
            while let maker = graph.producer(of: data), ["Identity", "Unsqueeze", "Squeeze"].contains(maker.op),
                let input = maker.input(0)
            { data = input }
            // Whole numbers of a table, such as the classes', are no boxes.
            if graph.producer(of: data) != nil, !found.contains(data) { found.append(data) }
        }
        return found
    }
}
