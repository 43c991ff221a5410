/// A tensor of logits, one of a head's scales, and where the gradient of its elements begins.
///
/// Where a convolution of a single place makes the logits, the gradient begins before it: the gradient of one logit is then
/// a row of the weights at one place. Where what follows a level looks at few places, the gradient is taken back to that
/// level in a window (`head`), and the backward graph begins there.
package struct ScoreSource: Sendable {
    package let logits: String
    /// Takes the gradient of a logit to `seeded`; nil: it begins there.
    package let head: WindowedHead?
    /// What the backward graph begins at: a level, what the logits' convolution reads, or the logits.
    package let seeded: String
    /// Of that tensor.
    package let shape: [Int]
    /// Positions of the levels that the scores depend on.
    package let levels: [Int]
    /// Position of the level that the backward graph begins at, whose gradient is the seed itself.
    package let seededLevel: Int?
    /// Float `[logits, channels]`.
    private let weights: [Float]?
    /// Height and width of the logits, and how many there are of a place: 1 where they are no map.
    private let size: (channels: Int, height: Int, width: Int)

    init(
        _ logits: String, _ graph: Graph, _ types: [String: TensorType], levels: [Layer], reach: Set<String>
    ) {
        self.logits = logits
        let found = Self.pointwise(logits, graph, types)
        let (start, weights) = (found?.input ?? logits, found?.weights)
        self.weights = weights
        let own = types[logits]!.shape
        size = own.count == 4 && own[0] == 1 ? (own[1], own[2], own[3]) : (own.reduce(1, *), 1, 1)
        self.levels = levels.indices.filter { reach.contains(levels[$0].tensor) }
        let around = size
        head =
            self.levels.last { levels[$0].height == around.height && levels[$0].width == around.width }.flatMap {
                WindowedHead(graph, from: levels[$0], to: start, types: types)
            }
        seeded = head?.level ?? start
        shape = types[seeded]!.shape
        seededLevel = levels.firstIndex { [seeded] in $0.tensor == seeded }
    }

    /// Levels that the backward graph gives gradients of.
    package var differentiated: [Int] { levels.filter { $0 != seededLevel } }

    /// The place of a logit.
    package func place(of element: Int) -> (row: Int, column: Int) {
        let place = element % (size.height * size.width)
        return (place / size.width, place % size.width)
    }

    /// Writes the gradient of one logit with respect to where it begins; all but these numbers are zero.
    ///
    /// - Parameters:
    ///   - element: of the logits.
    ///   - seed: Float `[channels, area]`.
    ///   - place: among `area`.
    package func seed(
        of element: Int, into seed: UnsafeMutableBufferPointer<Float>, place: Int, area: Int
    ) {
        fill(element, seed, place, area) { $0 }
    }

    /// Makes these numbers zero again.
    package func clear(_ element: Int, in seed: UnsafeMutableBufferPointer<Float>, place: Int, area: Int) {
        fill(element, seed, place, area) { _ in 0 }
    }

    /// Places of the logits.
    package var area: Int { size.height * size.width }

    private func fill(
        _ element: Int, _ seed: UnsafeMutableBufferPointer<Float>, _ place: Int, _ area: Int,
        _ value: (Float) -> Float
    ) {
        let row = element / self.area
        guard let weights else {
            seed[row * area + place] = value(1)
            return
        }
        let channels = weights.count / size.channels
        for channel in 0..<channels { seed[channel * area + place] = value(weights[row * channels + channel]) }
    }

    /// The input and the weights of the convolution that makes a tensor, if it looks at single places.
    private static func pointwise(
        _ tensor: String, _ graph: Graph, _ types: [String: TensorType]
    ) -> (input: String, weights: [Float])? {
        guard let node = graph.producer(of: tensor), node.isPointwise, let input = node.input(0),
            let weights = node.input(1).flatMap({ graph.constant($0) }), weights.shape.count == 4,
            Array(weights.shape[2...]) == [1, 1], let old = types[input]?.shape, let new = types[tensor]?.shape,
            old.count == 4, new.count == 4, old[0] == 1, Array(old[2...]) == Array(new[2...]),
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
