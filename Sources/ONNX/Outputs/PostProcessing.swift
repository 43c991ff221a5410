/// What a model's answer was made of: the scores before it made a label, a list or a verdict of them.
struct LookedThrough: Equatable {
    /// The scores.
    let tensor: String
    /// Operators between them and the output, in the data's order.
    let passed: [String]
    /// The classes' names, as an operator has them that turns numbers into names.
    let labels: [String]?
}

extension Graph {
    /// Goes back from an output over operators that make answers of scores: ArgMax, TopK, ZipMap, LabelEncoder, thresholds,
    /// sequences. What comes before those is left alone.
    func lookedThrough(_ output: String) -> LookedThrough {
        var (tensor, found) = (output, output)
        var (passed, waiting): ([String], [String]) = ([], [])
        var labels: [String]?
        // An acyclic graph ends.
        while let node = producer(of: tensor), let input = answeredInput(node) {
            waiting.append(node.op)
            tensor = input
            guard !transparent.contains(node.op) else { continue }
            labels = labels ?? node.classNames
            (found, passed, waiting) = (tensor, passed + waiting, [])
        }
        return LookedThrough(tensor: found, passed: passed.reversed(), labels: labels)
    }

    /// The input that an operator answers about; nil for operators that compute something else.
    private func answeredInput(_ node: Node) -> String? {
        switch node.op {
        case "ArgMax", "TopK", "Hardmax", "OneHot", "SequenceConstruct", "SplitToSequence", "SequenceAt",
            "ai.onnx.ml.ZipMap", "ai.onnx.ml.LabelEncoder", "ai.onnx.ml.Binarizer":
            return node.input(0)
        case "Greater", "GreaterOrEqual", "Less", "LessOrEqual":
            guard let first = node.input(0), let second = node.input(1) else { return nil }
            return isFixed(second) ? first : isFixed(first) ? second : nil
        case "Gather", "ai.onnx.ml.ArrayFeatureExtractor":
            // A table of names or numbers, looked up by the scores' answer.
            return node.input(0).map { isFixed($0) } == true ? node.input(1) : nil
        case "ReduceMax", "Round":
            // Elsewhere they pool maps.
            return node.input(0).flatMap { makesProbabilities($0) ? $0 : nil }
        case let op where transparent.contains(op): return node.input(0)
        default: return nil
        }
    }

    private func makesProbabilities(_ tensor: String) -> Bool {
        var tensor = tensor
        while let node = producer(of: tensor), let input = node.input(0) {
            if CAMHead.Activation(of: node) != nil { return true }
            guard transparent.contains(node.op) else { return false }
            tensor = input
        }
        return false
    }

    /// Whether a tensor is the same for every picture, as far as a few steps tell.
    func isFixed(_ tensor: String, depth: Int = 4) -> Bool {
        guard let node = producer(of: tensor) else { return initialiser(tensor) != nil }
        return node.op == "Constant"
            || depth > 0 && (1...8).contains(node.inputs.count)
                && node.inputs.allSatisfy { isFixed($0, depth: depth - 1) }
    }
}

extension Node {
    /// The classes' names by their numbers from 0 on; nil where the operator has none, or numbers are missing.
    fileprivate var classNames: [String]? {
        switch op {
        case "ai.onnx.ml.ZipMap": return strings("classlabels_strings")
        case "ai.onnx.ml.LabelEncoder":
            guard let names = strings("values_strings"), let keys = ints("keys_int64s") else {
                return strings("classes_strings")
            }
            guard keys.count == names.count, keys.sorted() == Array(names.indices) else { return nil }
            return keys.indices.sorted { keys[$0] < keys[$1] }.map { names[$0] }
        default: return nil
        }
    }
}
