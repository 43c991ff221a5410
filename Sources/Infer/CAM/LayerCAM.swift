/// LayerCAM: activations weighted by their own positive gradient; sharp in early layers, too.
///
/// Jiang et al. 2021, "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", IEEE TIP 30, eq. 6 and 7:
/// M = Σ_k relu(G_k) ⊙ A_k. For a global average pooling head it is CAM without its negative weights.
struct LayerCAM: EvidenceMethod {
    static let name = "layercam"
    static let title = "LayerCAM"
    static let needs = MethodNeeds.gradients

    init(_ options: MethodOptions) {}

    func map(_ evidence: Evidence) -> [Float] {
        evidence.sum { activation, gradient in max(0, gradient) * activation }
    }
}
