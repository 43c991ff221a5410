package import Foundation

/// The gradient of class scores with respect to a tensor, as a graph of its own: reverse-mode differentiation, done once
/// on the operators rather than on numbers.
///
/// The forward graph gives out the residuals, which are tensors that the gradient is computed from; the backward graph
/// takes them and a seed, and gives Σ_c seed_c · dy_c/dA. With a one-hot seed that is the gradient of one class.
package struct Gradient: Sendable {
    /// The forward graph, which gives out target, scores and residuals.
    package let forward: Graph
    /// Inputs of the backward graph beside the seed, all under names of the forward graph's outputs.
    package let residuals: [(name: String, type: TensorType)]
    /// The backward graph's ONNX file: 32-bit floats throughout.
    package let backward: Data
    /// A, what is differentiated with respect to: a tensor of the forward graph.
    package let target: (name: String, type: TensorType)
    /// y, what is differentiated: a tensor of the forward graph. The seed has its shape.
    package let scores: (name: String, type: TensorType)

    /// Name of the backward graph's input for Σ's weights, Float of the scores' shape.
    package static let seed = "gradient/seed"
    /// Name of the backward graph's output, Float of the target's shape.
    package static let result = "gradient/result"

    /// - Parameters:
    ///   - types: of all tensors that `path.inferred` names, as the engine infers them for the input's size.
    /// - Throws: `.noGradient`, naming the node, where a rule does not know a node's form.
    package init(along path: GradientPath, types: [String: TensorType]) throws(ONNXError) {
        func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: path.graph.file, problem: problem) }
        let types = types.merging(path.constants) { $1 }
        for tensor in path.read where types[tensor] == nil { throw fail(.shapeUnknown(tensor)) }
        let graph = BackwardGraph(forward: path.graph, types: types)
        var target = types[path.target]!
        var scores = types[path.scores]!
        for (tensor, type) in [(path.target, target), (path.scores, scores)] where !type.elementType.isFloat {
            throw fail(.noGradient(node: "tensor '\(tensor)'", reason: "it holds \(type.elementType) numbers"))
        }
        (target.elementType, scores.elementType) = (.float32, .float32)
        let seed = Value(graph: graph, name: Self.seed, shape: scores.shape)
        let result: Value?
        do throws(ONNXError.Problem) {
            result = try Self.walk(path, graph, seed)
        } catch {
            throw fail(error)
        }
        guard let result else { throw fail(.scoresDoNotDepend(layer: path.target, scores: path.scores)) }
        backward = try graph.serialized(seed: scores, result: result)
        residuals = graph.residuals
        forward = try path.graph.giving(
            [path.target, path.scores] + graph.residuals.map(\.name), maximumPositions: graph.indices,
            copies: graph.copies)
        self.target = (path.target, target)
        self.scores = (path.scores, scores)
    }

    /// Back from the scores: each node's rule turns its outputs' gradients into its inputs', which add up where a tensor
    /// is read several times.
    private static func walk(
        _ path: GradientPath, _ graph: BackwardGraph, _ seed: Value
    ) throws(ONNXError.Problem) -> Value? {
        var gradients = [path.scores: seed]
        for node in path.nodes.reversed() {
            let given = node.outputs.map { gradients[$0] }
            guard given.contains(where: { $0 != nil }), case .rule(let rule) = RuleTable.effect(of: node) else {
                continue
            }
            guard rule.takesAllOutputs || given.dropFirst().allSatisfy({ $0 == nil }) else {
                throw .noGradient(node: node.label, reason: "its second output is used")
            }
            let wanted = node.inputs.indices.filter {
                rule.inputs.contains($0) && path.tensors.contains(node.inputs[$0])
            }
            let step = Step(node: node, graph: graph, gradients: given, wanted: Set(wanted))
            let flowing: [Value?]
            do {
                flowing = try rule.backward(step)
            } catch {
                throw .noGradient(node: node.label, reason: (error as? Rule.Refusal)?.reason ?? "\(error)")
            }
            for position in wanted {
                guard let dx = flowing[position] else { continue }
                let input = node.inputs[position]
                let share = dx.summed(to: graph.type(of: input).shape)
                gradients[input] = gradients[input].map { $0 + share } ?? share
            }
        }
        return gradients[path.target]
    }
}

extension Graph {
    /// The graph with more outputs.
    ///
    /// - Parameters:
    ///   - maximumPositions: MaxPool nodes that are to give the positions of the maxima, too, by index, and under which
    ///     name.
    ///   - copies: tensors that no node makes, and the names of copies to give out.
    fileprivate func giving(
        _ tensors: [String], maximumPositions: [Int: String], copies: [String: String]
    ) throws(ONNXError) -> Graph {
        var changed = proto
        for (index, name) in maximumPositions {
            changed.node[index].output = [changed.node[index].output[0], name]
        }
        for (tensor, copy) in copies.sorted(by: { $0.key < $1.key }) {
            var identity = Onnx_NodeProto()
            identity.opType = "Identity"
            identity.input = [tensor]
            identity.output = [copy]
            changed.node.append(identity)
        }
        var graph = try Graph(changed, operatorSets: operatorSets, file: file)
        for tensor in tensors where graph.producer(of: tensor) != nil { try graph.addOutput(tensor) }
        return graph
    }
}
