/// The part of a graph that a gradient flows through: between a target tensor and class scores.
package struct GradientPath: Sendable {
    package let targets: [String]
    package let scores: String
    /// Methods that need no gradient, for messages.
    let alternatives: [String]
    /// The data's order.
    let nodes: [Node]
    /// Tensors that depend on a target and that the scores depend on, all of these included.
    let tensors: Set<String>
    let graph: Graph

    /// - Parameters:
    ///   - targets: at least one; one may lie behind another.
    ///   - alternatives: what error messages offer: names of methods that need no gradient.
    /// - Throws: `.layerNotFound` for tensors that do not exist, `.scoresDoNotDepend`, and for an operator without a rule
    ///   `.noGradientRule`.
    package init(
        _ graph: Graph, from targets: [String], to scores: String, alternatives: [String] = []
    ) throws(ONNXError) {
        func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: graph.file, problem: problem) }
        precondition(!targets.isEmpty)
        for tensor in targets + [scores] where !graph.hasTensor(tensor) {
            throw fail(.layerNotFound(tensor, similar: []))
        }
        (self.graph, self.targets, self.scores, self.alternatives) = (graph, targets, scores, alternatives)
        let ancestors = Self.ancestors(graph, of: scores)
        for target in targets
        where target == scores || !graph.consumers(of: target).contains(where: { ancestors.contains($0.index) }) {
            throw fail(.scoresDoNotDepend(layer: target, scores: scores))
        }
        do throws(ONNXError.Problem) {
            let (nodes, tensors) = try Self.descendants(graph, of: targets, among: ancestors, alternatives)
            guard tensors.contains(scores) else { throw .scoresDoNotDepend(layer: targets[0], scores: scores) }
            self.nodes = graph.ordered(nodes)
            self.tensors = tensors
        } catch {
            throw fail(error)
        }
    }

    /// With one target.
    package init(
        _ graph: Graph, from target: String, to scores: String, alternatives: [String] = []
    ) throws(ONNXError) {
        try self.init(graph, from: [target], to: scores, alternatives: alternatives)
    }

    /// Tensors whose types and shapes the rules may ask for, sorted.
    var read: [String] {
        let made = nodes.flatMap { node in
            // Outputs that nobody reads need not even be there; but the parts of a Split add up.
            node.outputs.filter { node.op == "Split" || !graph.consumers(of: $0).isEmpty }
        }
        return Set(nodes.flatMap(\.inputs) + made).union(targets + [scores]).filter { !$0.isEmpty }.sorted()
    }

    /// Of these, the ones whose types the file does not tell for sure: an engine must infer them.
    package var inferred: [String] { read.filter { graph.initialiser($0) == nil } }

    /// Types of tensors that are constants of the file.
    var constants: [String: TensorType] {
        var types: [String: TensorType] = [:]
        for name in read {
            guard let tensor = graph.initialiser(name), let type = tensor.elementType else { continue }
            types[name] = TensorType(shape: tensor.shape, elementType: type)
        }
        return types
    }

    /// Inputs that what a node makes depends on; of these, some may have no gradient.
    private static func variableInputs(_ node: Node) -> [String] {
        if case .none = RuleTable.effect(of: node) { return [] }
        return node.inputs
    }

    /// Nodes that scores depend on.
    private static func ancestors(_ graph: Graph, of scores: String) -> Set<Int> {
        var found: Set<Int> = []
        var waiting = [scores]
        while let tensor = waiting.popLast() {
            guard let node = graph.producer(of: tensor), found.insert(node.index).inserted else { continue }
            waiting += variableInputs(node)
        }
        return found
    }

    /// Of the ancestors, those that depend on a target, and the tensors between them.
    private static func descendants(
        _ graph: Graph, of targets: [String], among ancestors: Set<Int>, _ alternatives: [String]
    ) throws(ONNXError.Problem) -> (nodes: Set<Int>, tensors: Set<String>) {
        var nodes: Set<Int> = []
        var tensors = Set(targets)
        var waiting = targets
        // The first in the file, so that the same file gives the same message.
        var unknown: Node?
        while let tensor = waiting.popLast() {
            for node in graph.consumers(of: tensor) where ancestors.contains(node.index) {
                switch RuleTable.effect(of: node) {
                case .none: continue
                case .unknown:
                    if node.index < unknown?.index ?? .max { unknown = node }
                case .rule(let rule):
                    guard nodes.insert(node.index).inserted else { continue }
                    for output in rule.hasDiscreteOutputs ? node.outputs.prefix(1) : node.outputs[...]
                    where !output.isEmpty && tensors.insert(output).inserted {
                        waiting.append(output)
                    }
                }
            }
        }
        if let unknown { throw .noGradientRule(op: unknown.op, node: unknown.label, alternatives: alternatives) }
        for index in nodes.sorted() {
            let node = graph.nodes[index]
            guard case .rule(let rule) = RuleTable.effect(of: node) else { continue }
            for (position, input) in node.inputs.enumerated()
            where !rule.inputs.contains(position) && tensors.contains(input) {
                throw .noGradient(
                    node: node.label, reason: "its input '\(input)' depends on the picture", alternatives: alternatives)
            }
        }
        return (nodes, tensors)
    }
}
