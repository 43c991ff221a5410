/// Which way round the backward graph reads constants in products.
///
/// OpenVINO 2026.3 keeps packed weights by their address and packed form, which a square matrix and its transpose have in
/// common, and so have a convolution's weights and those of the transposed convolution: the first that is packed is taken
/// for both. A graph of order two reads most weights both ways round. So each way gets numbers of its own: the weights
/// times a power of 2, which is undone behind the product and rounds nothing.
struct SharedWeights {
    /// Constants, and what is only another form of one, by name: the constant, and how it was turned.
    private var origins: [String: (constant: String, turn: String)] = [:]
    /// The ways round in which a constant is read; the position in the list is the power.
    private var ways: [String: [String]] = [:]

    mutating func add(constant name: String) { origins[name] = (name, "") }

    mutating func add(_ name: String, turnedFrom origin: String, by turn: String) {
        guard let (constant, before) = origins[origin] else { return }
        origins[name] = (constant, before + turn)
    }

    /// - Parameter way: what tells apart how the operand is read.
    /// - Returns: what to scale the operand with, 1 for all that are not constant.
    mutating func scale(of name: String, read way: String) -> Float {
        guard let (constant, turn) = origins[name] else { return 1 }
        let way = way + turn
        var known = ways[constant, default: []]
        if !known.contains(way) { known.append(way) }
        ways[constant] = known
        var scale: Float = 1
        for _ in 0..<min(known.firstIndex(of: way)!, 16) { scale *= 2 }
        return scale
    }
}

extension BackwardGraph {
    /// Writes a matrix product, a convolution or another operator that is linear in each of its inputs.
    func product(_ op: String, _ inputs: [Value], _ attributes: [NodeAttribute] = [], shape: [Int]) -> Value {
        var total: Float = 1
        let way = "\(op) \(attributes)"
        let scaled = inputs.enumerated().map { position, input in
            let scale = weights.scale(of: input.name, read: "\(way) \(position)")
            total *= scale
            return scale == 1 ? input : input * scale
        }
        let result = apply(op, scaled.map(\.name), attributes, shape: shape)
        return total == 1 ? result : result * (1 / total)
    }
}
