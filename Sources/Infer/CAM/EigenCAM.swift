/// Eigen-CAM: how far each place lies along the first principal component of the activations. It knows no class.
///
/// Muhammad and Yeasin 2020, arXiv:2008.00299, eq. 5, with centred activations, as in pytorch-grad-cam. The sign, which
/// the paper leaves open, is `Evidence.oriented`'s.
struct EigenCAM: EvidenceMethod {
    static let name = "eigencam"
    static let title = "Eigen-CAM"
    static let isClassDiscriminative = false
    static let needs = MethodNeeds.previous

    init(_ options: MethodOptions) {}

    func map(_ evidence: Evidence) -> [Float] {
        let features = CentredFeatures(evidence.activations, channels: evidence.channels, area: evidence.area)
        return evidence.oriented(features.principalProjection, features: features)
    }
}
