/// EigenGrad-CAM: Eigen-CAM of activations times gradients, so that it knows the class.
///
/// pytorch-grad-cam's, after Muhammad and Yeasin 2020, arXiv:2008.00299: the first principal component of G ⊙ A.
struct EigenGradCAM: EvidenceMethod {
    static let name = "eigengradcam"
    static let title = "EigenGrad-CAM"
    static let needs: MethodNeeds = [.gradients, .previous]

    init(_ options: MethodOptions) {}

    func map(_ evidence: Evidence) -> [Float] {
        let products = zip(evidence.activations, evidence.gradients).map { $0 * $1 }
        let features = CentredFeatures(products, channels: evidence.channels, area: evidence.area)
        return evidence.oriented(features.principalProjection, features: features)
    }
}
