/// Grad-CAM element-wise: what adds to the score, channel by channel and place by place.
///
/// M = Σ_k relu(G_k ⊙ A_k); pytorch-grad-cam's GradCAMElementWise. HiResCAM without evidence against the class.
struct ElementwiseGradCAM: EvidenceMethod {
    static let name = "gradcam-elementwise"
    static let title = "Grad-CAM element-wise"
    static let needs = MethodNeeds.gradients

    init(_ options: MethodOptions) {}

    func map(_ evidence: Evidence) -> [Float] {
        evidence.sum { activation, gradient in max(0, activation * gradient) }
    }
}
