import COpenBLAS

/// Grad-CAM: channels weighted by the mean of their gradient.
///
/// Selvaraju et al. 2017, arXiv:1610.02391, eq. 1 and 2: M = Σ_k (mean_ij G_k) · A_k. The paper's ReLU is the caller's
/// clipping. For a global average pooling head it is class activation mapping, divided by the map's area.
struct GradCAM: GradientMethod {
    static let name = "gradcam"

    func map(_ evidence: Evidence, into map: inout [Float]) {
        let (channels, area) = (evidence.channels, evidence.area)
        precondition(evidence.activations.count == channels * area && map.count == area)
        precondition(evidence.gradients.count == channels * area)
        let weights = (0..<channels).map { channel in
            evidence.gradients[channel * area..<(channel + 1) * area].reduce(0, +) / Float(area)
        }
        // Aᵀw for A [channels, area].
        cblas_sgemv(
            CblasRowMajor, CblasTrans, Int32(channels), Int32(area), 1, evidence.activations.baseAddress!, Int32(area),
            weights, 1, 0, &map, 1)
    }
}
