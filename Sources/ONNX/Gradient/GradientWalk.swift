/// The walk back from the scores: each node's rule turns its outputs' gradients into its inputs', which add up where a
/// tensor is read several times.
struct GradientWalk {
    private let path: GradientPath
    private let graph: BackwardGraph

    init(_ path: GradientPath, _ graph: BackwardGraph) {
        self.path = path
        self.graph = graph
    }

    /// - Parameter seed: the gradient of what is wanted with respect to the scores.
    /// - Returns: of each target.
    func gradients(seed: Value) throws(ONNXError.Problem) -> [Value] {
        var gradients = [path.scores: seed]
        for node in path.nodes.reversed() {
            let given = node.outputs.map { gradients[$0] }
            guard given.contains(where: { $0 != nil }), case .rule(let rule) = RuleTable.effect(of: node) else {
                continue
            }
            for (input, share) in try inputGradients(of: node, by: rule, given) {
                gradients[input] = gradients[input].map { $0 + share } ?? share
            }
        }
        var found: [Value] = []
        for target in path.targets {
            guard let gradient = gradients[target] else {
                throw .scoresDoNotDepend(layer: target, scores: path.scores)
            }
            found.append(gradient)
        }
        return found
    }

    private func inputGradients(
        of node: Node, by rule: Rule, _ given: [Value?]
    ) throws(ONNXError.Problem) -> [(String, Value)] {
        do {
            guard rule.fits(node) else { throw Rule.Refusal(reason: "it has \(node.inputs.count) inputs") }
            guard rule.takesAllOutputs || given.dropFirst().allSatisfy({ $0 == nil }) else {
                throw Rule.Refusal(reason: "its second output is used")
            }
            let wanted = node.inputs.indices.filter {
                rule.inputs.contains($0) && path.tensors.contains(node.inputs[$0])
            }
            let step = Step(node: node, graph: graph, gradients: given, wanted: Set(wanted))
            let flowing = try rule.backward(step)
            return try wanted.compactMap { position in
                guard let dx = flowing[position] else { return nil }
                let input = node.inputs[position]
                return (input, try dx.summed(to: graph.type(of: input).shape))
            }
        } catch {
            let reason = (error as? Rule.Refusal)?.reason ?? "\(error)"
            throw .noGradient(node: node.label, reason: reason, alternatives: path.alternatives)
        }
    }
}
