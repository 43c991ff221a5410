/// How many operators come one behind the other.
///
/// OpenVINO (2026.4.1) goes through a model's operators by recursion, and takes time with the square of their depth: a
/// chain of 20,000 takes a minute, one of 100,000 ends the program for want of stack. The deepest classifiers that are
/// published have about 3,000.
extension Graph {
    /// What the engine is given at most.
    static let deepest = 20_000

    /// - Throws: `.tooDeep`.
    func checkDepth() throws(ONNXError) {
        // Not ordered in vain: most graphs are small.
        guard nodes.count + nodes.reduce(0, { $0 + $1.innerOperators }) > Self.deepest else { return }
        try ordered(Set(nodes.indices)).checkDepth(file: file)
    }
}

extension GraphWriter {
    /// Of operators that were written in the data's order.
    func checkDepth(file: String) throws(ONNXError) {
        try proto.node.enumerated().map { Node($1, index: $0) }.checkDepth(file: file)
    }
}

extension [Node] {
    /// The nodes are in the data's order. Subgraphs count with all that is in them.
    fileprivate func checkDepth(file: String) throws(ONNXError) {
        var depths: [String: Int] = [:]
        var deepest = 0
        for node in self {
            let depth = 1 + node.innerOperators + (node.reads.compactMap { depths[$0] }.max() ?? 0)
            for output in node.outputs where !output.isEmpty { depths[output] = depth }
            deepest = Swift.max(deepest, depth)
        }
        guard deepest <= Graph.deepest else { throw ONNXError(file: file, problem: .tooDeep(operators: deepest)) }
    }
}
