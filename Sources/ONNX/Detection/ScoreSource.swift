/// A tensor of logits, one of a head's scales, and where the gradient of its elements begins.
///
/// Where a convolution of a single place makes the logits, the gradient begins before it: the gradient of one logit is then
/// a row of the weights at one place.
package struct ScoreSource: Sendable {
    package let logits: String
    /// What the backward graph begins at: the logits, or what their convolution reads.
    package let seeded: String
    /// Of that tensor.
    package let shape: [Int]
    /// Positions of the levels that the scores depend on.
    package let levels: [Int]
    /// Position of the level that the gradient begins at, whose gradient is the seed itself.
    package let seededLevel: Int?
    /// Float `[logits, channels]`.
    private let weights: [Float]?

    init(
        _ logits: String, _ graph: Graph, _ types: [String: TensorType], levels: [Layer], reach: Set<String>
    ) {
        self.logits = logits
        if let (input, weights) = Self.pointwise(logits, graph, types) {
            (seeded, self.weights) = (input, weights)
        } else {
            (seeded, weights) = (logits, nil)
        }
        shape = types[seeded]!.shape
        self.levels = levels.indices.filter { reach.contains(levels[$0].tensor) }
        seededLevel = levels.firstIndex { [seeded] in $0.tensor == seeded }
    }

    /// Levels that the backward graph gives gradients of.
    package var differentiated: [Int] { levels.filter { $0 != seededLevel } }

    /// Writes the gradient of one logit with respect to what the backward graph begins at; all but these places are zero.
    ///
    /// - Parameters:
    ///   - element: of the logits.
    ///   - seed: Float of `shape`.
    package func seed(of element: Int, into seed: UnsafeMutableBufferPointer<Float>) {
        fill(element, seed) { $0 }
    }

    /// Makes these places zero again.
    package func clear(_ element: Int, in seed: UnsafeMutableBufferPointer<Float>) { fill(element, seed) { _ in 0 } }

    private func fill(_ element: Int, _ seed: UnsafeMutableBufferPointer<Float>, _ value: (Float) -> Float) {
        guard let weights else {
            seed[element] = value(1)
            return
        }
        let (channels, area) = (shape[1], shape[2] * shape[3])
        let (row, place) = (element / area, element % area)
        for channel in 0..<channels { seed[channel * area + place] = value(weights[row * channels + channel]) }
    }

    /// The input and the weights of the convolution that makes a tensor, if it looks at single places.
    private static func pointwise(
        _ tensor: String, _ graph: Graph, _ types: [String: TensorType]
    ) -> (input: String, weights: [Float])? {
        guard let node = graph.producer(of: tensor), node.isPointwise, let input = node.input(0),
            let weights = node.input(1).flatMap({ graph.constant($0) }), weights.shape.count == 4,
            Array(weights.shape[2...]) == [1, 1], let old = types[input]?.shape, let new = types[tensor]?.shape,
            old.count == 4, new.count == 4, Array(old[2...]) == Array(new[2...]),
            Array(weights.shape[..<2]) == [new[1], old[1]]
        else { return nil }
        return (input, weights.values)
    }
}

extension Node {
    /// Whether it is a convolution that neither skips places nor adds some, all channels together. Its kernel is to be
    /// looked at.
    var isPointwise: Bool {
        op == "Conv" && int("group") ?? 1 == 1 && (ints("strides") ?? []).allSatisfy { $0 == 1 }
            && (ints("pads") ?? []).allSatisfy { $0 == 0 }
    }
}
