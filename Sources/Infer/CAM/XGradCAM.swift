/// XGrad-CAM: gradients weighted by the activations, so that sensitivity and conservation hold.
///
/// Fu et al. 2020, arXiv:2008.02312, eq. 8: w_k = Σ_ij (A_k / Σ A_k) G_k; 0 for a channel without activation.
struct XGradCAM: ChannelWeightedMethod {
    static let name = "xgradcam"
    static let title = "XGrad-CAM"
    static let needs = MethodNeeds.gradients

    init(_ options: MethodOptions) {}

    func weights(_ evidence: Evidence) -> [Float] {
        (0..<evidence.channels).map { channel in
            let activations = evidence.activations(ofChannel: channel)
            let sum = activations.reduce(0, +)
            guard sum != 0 else { return 0 }
            let product = zip(activations, evidence.gradients(ofChannel: channel)).reduce(0) { $0 + $1.0 * $1.1 }
            return product / sum
        }
    }
}
