/// Grad-CAM: channels weighted by the mean of their gradient.
///
/// Selvaraju et al. 2017, arXiv:1610.02391, eq. 1 and 2: M = Σ_k (mean_ij G_k) · A_k. The paper's ReLU is the caller's
/// clipping. For a global average pooling head it is class activation mapping, divided by the map's area.
struct GradCAM: ChannelWeightedMethod {
    static let name = "gradcam"
    static let title = "Grad-CAM"
    static let needs = MethodNeeds.gradients

    init(_ options: MethodOptions) {}

    func weights(_ evidence: Evidence) -> [Float] { evidence.meanGradients }
}
