import Pipeline

/// Full-Grad: what the picture's pixels and the biases of all layers add to the score.
///
/// Srinivas and Fleuret 2019, arXiv:1905.00780, eq. 5: M = ψ(x ⊙ dy_c/dx) + Σ_l Σ_k ψ(b_lk G_lk) with ψ the absolute value,
/// scaled to 0...1 over all channels of a layer, brought to the picture's size (align_corners), as in the authors' code.
/// A batch normalisation's bias is what it adds to a zero. Biases of dense layers have no place and are left out.
struct FullGrad: CAMMethod {
    static let name = "fullgrad"
    static let title = "Full-Grad"
    static let isClassDiscriminative = false
    static let needs = MethodNeeds.biasGradients

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let (gradients, picture, biases) = try subject.biasGradients()
        let products = zip(gradients.values, picture).map { abs($0 * $1) }
        var map = Self.sum(products, channels: gradients.colours, height: gradients.height, width: gradients.width)
        for term in biases {
            let area = term.height * term.width
            let products = term.gradients.indices.map { abs(term.gradients[$0] * term.bias[$0 / area]) }
            let share = Bilinear.resized(
                Self.sum(products, channels: term.bias.count, height: term.height, width: term.width),
                height: map.height, width: map.width, grid: .corners)
            for place in map.values.indices { map.values[place] += share.values[place] }
        }
        return map
    }

    /// Scaled to 0...1 over all, then summed over the channels.
    private static func sum(_ values: [Float], channels: Int, height: Int, width: Int) -> RawMap {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        let area = height * width
        var map = [Float](repeating: 0, count: area)
        if high > low {
            for index in values.indices { map[index % area] += (values[index] - low) / (high - low) }
        }
        return RawMap(height: height, width: width, values: map)
    }
}
