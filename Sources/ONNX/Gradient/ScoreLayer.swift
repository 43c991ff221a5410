/// The dense layer that makes the scores, y = W x + b. Its part of the gradient, Wᵀ · seed, is computed outside of the
/// backward graph: seeds are mostly zeros, so that one row or a few of W are read, where the graph would read all.
package struct ScoreLayer: Sendable {
    /// x.
    let features: String
    private let layer: DenseLayer

    /// Nil where the scores come of something else, or the gradient of x itself is wanted.
    init?(_ path: GradientPath, types: [String: TensorType]) {
        let graph = path.graph
        guard var node = graph.producer(of: path.scores) else { return nil }
        if node.op == "Add", node.inputs.count == 2 {
            // A bias of its own.
            let sums = node.inputs.filter { path.tensors.contains($0) }
            guard sums.count == 1, let product = graph.producer(of: sums[0]), product.op == "MatMul" else { return nil }
            node = product
        }
        guard node.op == "Gemm" || node.op == "MatMul", let layer = try? graph.denseLayer(of: node),
            path.tensors.contains(layer.input), !path.targets.contains(layer.input),
            types[layer.input]?.count == layer.channels, types[path.scores]?.count == layer.classes
        else { return nil }
        (features, self.layer) = (layer.input, layer)
    }

    /// Σ_c seed_c · dy_c/dx.
    ///
    /// - Parameters:
    ///   - seed: Float, one for each score.
    ///   - gradient: Float of x's shape, overwritten.
    package func pullBack(_ seed: [Float], into gradient: UnsafeMutableBufferPointer<Float>) {
        precondition(seed.count == layer.classes && gradient.count == layer.channels)
        gradient.update(repeating: 0)
        layer.weights.withUnsafeBufferPointer { weights in
            for classID in seed.indices where seed[classID] != 0 {
                let (factor, first) = (seed[classID], classID * layer.channels)
                for channel in gradient.indices { gradient[channel] += factor * weights[first + channel] }
            }
        }
    }
}
