/// An output that can be class scores, and what speaks for it.
struct OutputCandidate {
    /// As the model names it.
    let name: String
    let found: LookedThrough
    let scores: ClassScores
    /// Scores for one picture; nil where the file does not tell.
    let count: Int?
    /// Operators that the scores depend on.
    let operators: Set<Int>
    /// What it looks like: an answer or an activation counts more than a head, a head more than several scores.
    let likeness: Int

    init(_ graph: Graph, _ name: String, _ found: LookedThrough, labels: Int?) {
        (self.name, self.found) = (name, found)
        scores = graph.scores(at: found.tensor)
        count = graph.scoreCount(scores.logits)
        operators = Set(graph.nodes(before: scores.logits).map(\.index))
        var likeness = 0
        if let labels, let count, labels == count || labels == 2 && count == 1 { likeness += 8 }
        if !found.passed.isEmpty || scores.activation != .none { likeness += 4 }
        if graph.hasHead(scores.logits) { likeness += 2 }
        if count != 1 { likeness += 1 }
        self.likeness = likeness
    }

    /// What a single score is taken for.
    var oneScore: String {
        "'\(found.tensor)', " + (scores.activation == .sigmoid ? "made by a sigmoid" : "taken as a logit")
    }

    /// Whether they are plain numbers that another candidate is computed from: features, not scores.
    func isFeature(of other: OutputCandidate, in graph: Graph) -> Bool {
        guard found.passed.isEmpty, scores.activation == .none, scores.logits != other.scores.logits,
            let maker = graph.producer(of: scores.logits)
        else { return false }
        return other.operators.contains(maker.index)
    }

    /// Whether a head with as many classes sits so much earlier that it can only be there to help training.
    func isMain(beside other: OutputCandidate) -> Bool {
        count != nil && count == other.count && operators.count * 20 > other.operators.count * 23
    }
}

extension Graph {
    /// Scores that a tensor holds for one picture; nil where the file does not tell.
    func scoreCount(_ tensor: String) -> Int? {
        var tensor = tensor
        // An acyclic graph ends.
        while true {
            if let count = declaredCount(tensor) { return count }
            guard let node = producer(of: tensor), let input = node.input(0) else { return nil }
            if transparent.contains(node.op) || CAMHead.Activation(of: node) != nil {
                tensor = input
            } else if node.op == "Add", let other = node.input(1), isFixed(other) || isFixed(input) {
                tensor = isFixed(other) ? input : other
            } else if let dense = try? denseLayer(of: node) {
                return dense.classes
            } else if case .pooling(let pooling) = pooling(of: node) {
                return mapMaker(pooling.input).flatMap { kernelShape($0)?.first }
            } else {
                return nil
            }
        }
    }

    private func declaredCount(_ tensor: String) -> Int? {
        guard let shape = info(of: tensor)?.shape, let first = shape.first else { return nil }
        if shape.count == 1 {
            // One number for each picture, or one for each class of the only picture.
            let batch = inputs.first?.shape?.first
            if let size = first.size { return batch?.size == size ? 1 : size }
            if case .symbol = first { return first == batch ? 1 : nil }
            return nil
        }
        let sizes = shape.dropFirst().compactMap(\.size)
        return sizes.count == shape.count - 1 ? sizes.reduce(1, &*) : nil
    }

    /// Whether a dense layer or a global pooling makes a tensor.
    func hasHead(_ tensor: String) -> Bool {
        var tensor = tensor
        while let node = producer(of: tensor), let input = node.input(0) {
            switch node.op {
            case "Gemm", "MatMul", "Conv": return node.input(1).map { isFixed($0) } == true
            case "Add":
                guard let other = node.input(1), isFixed(other) || isFixed(input) else { return false }
                tensor = isFixed(other) ? input : other
            case let op where transparent.contains(op): tensor = input
            default:
                guard case .pooling = pooling(of: node) else { return false }
                return true
            }
        }
        return false
    }
}
