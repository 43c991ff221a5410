/// A model cut down to its class scores: one output, `[N, classes]` in whatever shape, and what leads to it.
package struct Classifier: Sendable {
    package let graph: Graph
    /// The classes' names, where operators behind the scores have them.
    package let labels: [String]?
    /// Nil where the file does not tell.
    package let classes: Int?
    /// What the score is, for the log, where the model gives one score only: its two classes are the score's opposite, -y,
    /// and the score's own, y.
    package let oneScore: String?
    /// What was chosen and looked through, a line each.
    package let notes: [String]
}

extension Graph {
    /// Finds the output that holds class scores, goes back over what the model makes of them for its users, and leaves out
    /// all that they do not depend on.
    ///
    /// - Parameters:
    ///   - wanted: the output, or a tensor before it; nil: the one that looks like class scores.
    ///   - labels: how many names are known.
    /// - Throws: `.noClassScores`, `.ambiguousOutputs`, `.noSuchOutput`.
    package func classifier(output wanted: String? = nil, labels: Int? = nil) throws(ONNXError) -> Classifier {
        let chosen = if let wanted { try output(named: wanted, labels) } else { try likeliestOutput(labels) }
        var notes: [String] = []
        let others = outputs.map(\.name).filter { $0 != chosen.name }
        if !others.isEmpty {
            notes.append(
                "output: \(described(chosen.name)) of \(outputs.count); not "
                    + others.prefix(5).map { described($0) }.joined(separator: ", ") + (others.count > 5 ? ", …" : "")
                    + " (--output-tensor chooses)")
        }
        if !chosen.found.passed.isEmpty {
            notes.append(
                "scores: '\(chosen.found.tensor)', before \(chosen.found.passed.suffix(5).joined(separator: " → "))")
        }
        let isOne = chosen.count == 1 && chosen.scores.activation != .softmax
        return Classifier(
            graph: isOne ? try withBothSigns(of: chosen.scores) : try keeping(chosen.found.tensor),
            labels: chosen.found.labels, classes: isOne ? 2 : chosen.count, oneScore: isOne ? chosen.oneScore : nil,
            notes: notes)
    }

    // MARK: Choice

    private func likeliestOutput(_ labels: Int?) throws(ONNXError) -> OutputCandidate {
        var candidates: [OutputCandidate] = []
        // No model for people has so many.
        for output in outputs.prefix(64) {
            let found = lookedThrough(output.name)
            guard defect(of: found.tensor) == nil else { continue }
            let candidate = OutputCandidate(self, output.name, found, labels: labels)
            // Logits and their probabilities are the same scores.
            if let same = candidates.firstIndex(where: { $0.scores.logits == candidate.scores.logits }) {
                if candidate.likeness > candidates[same].likeness { candidates[same] = candidate }
            } else {
                candidates.append(candidate)
            }
        }
        let scores = candidates.filter { one in !candidates.contains { one.isFeature(of: $0, in: self) } }
        guard let best = scores.map(\.likeness).max() else {
            let first = outputs[0].name
            throw fail(.noClassScores(first, reason: defect(of: lookedThrough(first).tensor) ?? "is not usable"))
        }
        let likeliest = scores.filter { $0.likeness == best }
        let main = likeliest.first { one in
            likeliest.allSatisfy { $0.name == one.name || one.isMain(beside: $0) }
        }
        guard let main else { throw fail(.ambiguousOutputs(likeliest.map { described($0.name) })) }
        return main
    }

    private func output(named name: String, _ labels: Int?) throws(ONNXError) -> OutputCandidate {
        let isOutput = outputs.contains { $0.name == name }
        guard isOutput || producer(of: name) != nil else {
            throw fail(.noSuchOutput(name, outputs: outputs.map { described($0.name) }))
        }
        let found = lookedThrough(name)
        if let reason = defect(of: found.tensor) { throw fail(.noClassScores(name, reason: reason)) }
        return OutputCandidate(self, name, found, labels: labels)
    }

    private func defect(of tensor: String) -> String? { info(of: tensor)?.defectAsClassScores }

    private func described(_ output: String) -> String {
        guard let shape = info(of: output)?.shape else { return "'\(output)'" }
        return "'\(output)' [\(shape.map(\.description).joined(separator: ", "))]"
    }

    private func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: file, problem: problem) }

    // MARK: The smaller graph

    /// A graph that gives out one tensor, and has no operators, constants and inputs but those that lead to it.
    private func keeping(_ tensor: String) throws(ONNXError) -> Graph {
        let kept = reached(from: tensor)
        if outputs.map(\.name) == [tensor], kept.count == nodes.count { return self }
        return try Graph(cut(to: tensor, kept), operatorSets: operatorSets, file: file)
    }

    /// Both classes of a single score y: σ([-y, y]).
    private func withBothSigns(of scores: ClassScores) throws(ONNXError) -> Graph {
        var changed = cut(to: scores.logits, reached(from: scores.logits))
        func name(_ part: String) -> String { freeName("\(scores.output)/\(part)") }
        let names = (column: name("score"), opposite: name("opposite"), pair: name("pair"), scores: name("classes"))
        var writer = GraphWriter()
        // Operator sets before 5 have the shape as an attribute.
        if operatorSets[""] ?? 1 >= 5 {
            writer.constant(name("shape"), [-1, 1], shape: [2])
            writer.add("Reshape", [scores.logits, name("shape")], [names.column])
        } else {
            writer.add("Reshape", [scores.logits], [names.column], [.ints("shape", [-1, 1])])
        }
        writer.add("Neg", [names.column], [names.opposite])
        writer.add("Concat", [names.opposite, names.column], [names.pair], [.int("axis", 1)])
        writer.add("Sigmoid", [names.pair], [names.scores])
        changed.node += writer.proto.node
        changed.initializer += writer.proto.initializer
        changed.output = [GraphWriter.info(names.scores, nil)]
        return try Graph(changed, operatorSets: operatorSets, file: file)
    }

    /// The single score of a pair that `withBothSigns` made; nil for every other tensor.
    func score(ofPair tensor: String) -> String? {
        guard let pair = producer(of: tensor), pair.op == "Concat", pair.inputs.count == 2,
            let opposite = producer(of: pair.inputs[0]), opposite.op == "Neg", opposite.input(0) == pair.inputs[1]
        else { return nil }
        return pair.inputs[1]
    }

    /// Operators that a tensor depends on.
    func reached(from tensor: String) -> Set<Int> {
        var found: Set<Int> = []
        var waiting = [tensor]
        while let tensor = waiting.popLast() {
            guard let node = producer(of: tensor), found.insert(node.index).inserted else { continue }
            waiting += node.reads
        }
        return found
    }

    /// What gives out one tensor and nothing else.
    func cut(to tensor: String, _ kept: Set<Int>) -> Onnx_GraphProto { cut(to: [tensor], kept) }

    /// What gives out some tensors and nothing else.
    func cut(to tensors: [String], _ kept: Set<Int>) -> Onnx_GraphProto {
        var cut = proto
        let nodes = nodes.filter { kept.contains($0.index) }
        let read = Set(nodes.flatMap(\.reads)).union(tensors)
        let made = Set(nodes.flatMap(\.outputs))
        cut.node = nodes.map(\.proto)
        cut.initializer.removeAll { !read.contains($0.name) }
        cut.sparseInitializer.removeAll { !read.contains($0.values.name) }
        let inputs = proto.input.filter { read.contains($0.name) }
        if !inputs.isEmpty { cut.input = inputs }
        let given = Dictionary(
            (proto.valueInfo + proto.output).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        // What the file says of the other outputs stays said.
        cut.valueInfo += proto.output.filter { made.contains($0.name) && !tensors.contains($0.name) }
        cut.output = tensors.map { given[$0] ?? GraphWriter.info($0, nil) }
        return cut
    }
}
