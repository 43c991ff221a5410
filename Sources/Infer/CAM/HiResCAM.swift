/// HiResCAM: activations times gradients, place by place.
///
/// Draelos and Carin 2020, arXiv:2011.08891, eq. 4: M = Σ_k G_k ⊙ A_k. Unlike Grad-CAM it lights only places that the
/// score depends on; for a global average pooling head both are the same.
struct HiResCAM: EvidenceMethod {
    static let name = "hirescam"
    static let title = "HiResCAM"
    static let needs = MethodNeeds.gradients

    init(_ options: MethodOptions) {}

    func map(_ evidence: Evidence) -> [Float] { evidence.sum { activation, gradient in activation * gradient } }
}

extension Evidence {
    /// Σ_k term(A_k, G_k), place by place; Float `[height, width]`.
    @inline(__always)
    func sum(of term: (_ activation: Float, _ gradient: Float) -> Float) -> [Float] {
        precondition(activations.count == channels * area && gradients.count == activations.count)
        var map = [Float](repeating: 0, count: area)
        for channel in 0..<channels {
            for place in 0..<area {
                let index = channel * area + place
                map[place] += term(activations[index], gradients[index])
            }
        }
        return map
    }
}
