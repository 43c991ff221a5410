/// Where a classifier gives its class scores.
package struct ClassScores: Sendable, Equatable {
    /// The model's output.
    package let output: String
    /// Tensor of class scores before the activation: one element a class.
    package let logits: String
    /// What the model itself makes of the logits.
    package let activation: CAMHead.Activation

    package init(output: String, logits: String, activation: CAMHead.Activation) {
        (self.output, self.logits, self.activation) = (output, logits, activation)
    }
}

extension CAMHead {
    package var scores: ClassScores { ClassScores(output: output, logits: logits, activation: activation) }
}

extension Graph {
    /// The first output that can be class scores: auxiliary ones come after the main one.
    ///
    /// - Throws: `.noClassScores`.
    package func classScores() throws(ONNXError) -> ClassScores {
        guard let found = outputs.first(where: { $0.defectAsClassScores == nil }) else {
            let first = outputs[0]
            throw ONNXError(
                file: file, problem: .noClassScores(first.name, reason: first.defectAsClassScores ?? "is not usable"))
        }
        return scores(at: found.name)
    }

    /// - Parameter output: a tensor of class scores, or what an activation makes of them.
    func scores(at output: String) -> ClassScores {
        var tensor = output
        while let node = producer(of: tensor), let input = node.input(0) {
            if let activation = CAMHead.Activation(of: node) {
                return ClassScores(output: output, logits: input, activation: activation)
            }
            guard transparent.contains(node.op) else { break }
            tensor = input
        }
        return ClassScores(output: output, logits: output, activation: .none)
    }

    /// Tensors that an operator makes and that the scores depend on, the last of them first.
    package func tensors(before scores: String) -> [String] {
        nodes(before: scores).reversed().flatMap { node in
            // What nobody reads, such as a Dropout's mask, need not even be there; but the parts of a Split add up.
            node.outputs.filter {
                !$0.isEmpty && ($0 == scores || node.op == "Split" || !consumers(of: $0).isEmpty)
            }
        }
    }

    /// Operators that the scores depend on, in the data's order.
    func nodes(before scores: String) -> [Node] {
        var found: Set<Int> = []
        var waiting = [scores]
        while let tensor = waiting.popLast() {
            guard let node = producer(of: tensor), found.insert(node.index).inserted else { continue }
            waiting += node.inputs
        }
        return ordered(found)
    }

    /// Each node behind those whose outputs it reads (Kahn 1962).
    func ordered(_ nodes: Set<Int>) -> [Node] {
        var waitingFor: [Int: Int] = [:]
        var readers: [Int: [Int]] = [:]
        for index in nodes {
            let makers = Set(
                self.nodes[index].reads.compactMap { producer(of: $0)?.index }.filter { nodes.contains($0) })
            waitingFor[index] = makers.count
            for maker in makers { readers[maker, default: []].append(index) }
        }
        // Sorted, so that the same file gives the same order.
        var ready = nodes.filter { waitingFor[$0] == 0 }.sorted(by: >)
        var order: [Node] = []
        while let index = ready.popLast() {
            order.append(self.nodes[index])
            for reader in readers[index, default: []].sorted(by: >) {
                waitingFor[reader]! -= 1
                if waitingFor[reader] == 0 { ready.append(reader) }
            }
        }
        return order
    }
}
