package import Foundation

/// The gradient of class scores with respect to tensors, as a graph of its own: reverse-mode differentiation, done once
/// on the operators rather than on numbers.
///
/// The forward graph gives out the residuals, which are tensors that the gradient is computed from; the backward graph
/// takes them and a seed, and gives Σ_c seed_c · dy_c/dA for each target A. With a one-hot seed that is the gradient of
/// one class. Where a dense layer makes the scores, the backward graph begins before it: see `scoreLayer`.
package struct Gradient: Sendable {
    /// The forward graph, which gives out targets, scores and residuals.
    package let forward: Graph
    /// Inputs of the backward graph beside the seed, all under names of the forward graph's outputs.
    package let residuals: [(name: String, type: TensorType)]
    /// The backward graph's ONNX file: 32-bit floats throughout.
    package let backward: Data
    /// Inputs of the backward graph that hold constants of the forward graph.
    package let lent: [LentWeights]
    /// What is differentiated with respect to, in the path's order.
    package let targets: [Target]
    /// What a seed over the scores must go through on its way to the backward graph's input; nil: nothing.
    package let scoreLayer: ScoreLayer?
    /// y, what is differentiated: a tensor of the forward graph.
    package let scores: (name: String, type: TensorType)
    /// Whether the scores are a linear function of the target as far as one sees from a point (ReLU nets): H · v is 0
    /// then for every v. Known for order two.
    package let isPiecewiseLinear: Bool?
    /// Of a batched one, why it takes one seed at a time all the same; nil: it takes as many as come.
    package let singleReason: String?

    /// A tensor A of dy/dA.
    package struct Target: Sendable {
        /// As asked for.
        package let name: String
        /// The forward graph's output that gives its values.
        package let output: String
        package let type: TensorType
    }

    /// What is written.
    package enum Order: Sendable {
        /// Gradients only.
        case first
        /// Beside the gradient G of the one target A, the Hessian's product with a vector: H · v = d<G, v>/dA.
        /// Pearlmutter 1994, "Fast exact multiplication by the Hessian".
        case second
    }

    /// Name of the backward graph's input for Σ's weights, Float of the scores' shape, or of that of what the score layer
    /// reads.
    package static let seed = "gradient/seed"
    /// Name of the backward graph's output for a target, Float of the target's shape.
    package static func result(_ target: Int) -> String { "gradient/result/\(target)" }
    /// Order two: name of the input v, Float of the target's shape.
    package static let vector = "gradient/vector"
    /// Order two: name of the output H · v, Float of the target's shape.
    package static let product = "gradient/product"

    package var target: Target { targets[0] }

    /// - Parameters:
    ///   - types: of all tensors that `path.inferred` names, as the engine infers them for the input's size.
    ///   - order: two takes one target.
    ///   - lent: constants that the backward graph has as inputs, under their own names, where it reads them.
    ///   - isBatched: whether the backward graph takes any number of seeds at once, `[K, …]`, for one forward pass: the first
    ///     axes of seed and results are left open. There is no score layer then.
    /// - Throws: `.noGradient`, naming the node, where a rule does not know a node's form.
    package init(
        along path: GradientPath, types: [String: TensorType], rectifier: Rectifier = .plain, order: Order = .first,
        lent: [LentWeights] = [], isBatched: Bool = false
    ) throws(ONNXError) {
        func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: path.graph.file, problem: problem) }
        precondition(order == .first || path.targets.count == 1)
        let types = types.merging(path.constants) { $1 }
        for tensor in path.read {
            guard let type = types[tensor] else { throw fail(.shapeUnknown(tensor)) }
            guard type.isManageable else { throw fail(.badTensor(tensor, reason: "has the shape \(type.shape)")) }
        }
        for tensor in path.targets + [path.scores] where !types[tensor]!.elementType.isFloat {
            let reason = "it holds \(types[tensor]!.elementType) numbers"
            throw fail(.noGradient(node: "tensor '\(tensor)'", reason: reason, alternatives: path.alternatives))
        }
        let scoreLayer = order == .first && !isBatched ? ScoreLayer(path, types: types) : nil
        let walked =
            try scoreLayer.map { layer throws(ONNXError) in
                try GradientPath(
                    path.graph, from: path.targets, to: layer.features, alternatives: path.alternatives)
            } ?? path
        let lentTypes = Dictionary(lent.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        let graph = BackwardGraph(
            forward: path.graph, types: types, rectifier: rectifier, lent: lentTypes,
            isBatched: isBatched)
        var isPiecewiseLinear: Bool?
        do throws(ONNXError.Problem) {
            let seed = graph.input(Self.seed, shape: types[walked.scores]!.shape)
            let gradients = try GradientWalk(walked, graph).gradients(seed: seed)
            for (position, gradient) in gradients.enumerated() { graph.give(gradient, as: Self.result(position)) }
            if order == .second {
                let vector = graph.input(Self.vector, shape: gradients[0].shape)
                let product = try Self.product(path, graph, gradients[0], vector)
                graph.give(product ?? vector * 0, as: Self.product)
                isPiecewiseLinear = product == nil
            }
        } catch {
            throw fail(error)
        }
        self.isPiecewiseLinear = isPiecewiseLinear
        targets = path.targets.map { name in
            Target(name: name, output: graph.output(for: name), type: TensorType(shape: types[name]!.shape))
        }
        (backward, singleReason) =
            isBatched ? try graph.serializedForBatches(targets.count) : (try graph.serialized(), nil)
        residuals = graph.residuals
        forward = try graph.forward(giving: path.targets + [path.scores])
        self.lent = lent.filter { graph.hasInput($0.name) }
        self.scoreLayer = scoreLayer
        scores = (path.scores, TensorType(shape: types[path.scores]!.shape))
    }

    /// H · v: the backward graph, put behind the forward graph, is itself differentiated. Nil where it is 0.
    private static func product(
        _ path: GradientPath, _ graph: BackwardGraph, _ gradient: Value, _ vector: Value
    ) throws(ONNXError.Problem) -> Value? {
        let sum = (gradient * vector).sum(Array(gradient.shape.indices)).reshaped(to: [])
        let joined: Graph
        let second: GradientPath
        do {
            joined = try graph.joinedWithForward()
            second = try GradientPath(joined, from: path.targets, to: sum.name, alternatives: path.alternatives)
        } catch {
            if case .scoresDoNotDepend = error.problem { return nil }
            throw error.problem
        }
        graph.source = joined
        do throws(ONNXError.Problem) {
            return try GradientWalk(second, graph).gradients(seed: graph.scalar(1))[0]
        } catch {
            if case .scoresDoNotDepend = error { return nil }
            throw error
        }
    }
}
