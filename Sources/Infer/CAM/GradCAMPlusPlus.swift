/// Grad-CAM++: channels weighted by their positive gradients, each place's share by how it adds to the score.
///
/// Chattopadhay et al. 2018, arXiv:1710.11063, eq. 19 with y = exp(S), whose derivatives are exp(S) times powers of G:
/// α = G² / (2 G² + s_k G³) with s_k = Σ A_k, and 0 where the denominator is; w_k = Σ_ij α · relu(G). The factor exp(S),
/// the same for all channels, is left out.
struct GradCAMPlusPlus: ChannelWeightedMethod {
    static let name = "gradcam++"
    static let title = "Grad-CAM++"
    static let needs = MethodNeeds.gradients

    init(_ options: MethodOptions) {}

    func weights(_ evidence: Evidence) -> [Float] {
        (0..<evidence.channels).map { channel in
            let sum = evidence.activations(ofChannel: channel).reduce(0, +)
            // α relu(G) = relu(G) / (2 + s_k G): G² is cancelled, so that small gradients lose no digits.
            return evidence.gradients(ofChannel: channel).reduce(0) { total, gradient in
                let denominator = 2 + sum * gradient
                return gradient > 0 && denominator != 0 ? total + gradient / denominator : total
            }
        }
    }
}
