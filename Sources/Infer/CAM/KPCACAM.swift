import Foundation

/// KPCA-CAM: the first component of a kernel principal component analysis of the activations. It knows no class.
///
/// Karmani et al. 2024, arXiv:2410.00267, with the sigmoid kernel tanh(x·y / channels + 1) on centred activations, as in
/// pytorch-grad-cam; kernel matrix centred by Schölkopf et al. 1998. The sign is `Evidence.oriented`'s.
struct KPCACAM: EvidenceMethod {
    static let name = "kpca-cam"
    static let title = "KPCA-CAM"
    static let isClassDiscriminative = false
    static let needs = MethodNeeds.previous

    init(_ options: MethodOptions) {}

    func map(_ evidence: Evidence) -> [Float] {
        let features = CentredFeatures(evidence.activations, channels: evidence.channels, area: evidence.area)
        let area = evidence.area
        var kernel = features.placeProducts.map { tanh($0 / Double(evidence.channels) + 1) }
        // K - 1K - K1 + 1K1; K is symmetric, so means of rows and of columns are the same.
        let means = (0..<area).map { row in kernel[row * area..<(row + 1) * area].reduce(0, +) / Double(area) }
        let mean = means.reduce(0, +) / Double(area)
        for row in 0..<area {
            for column in 0..<area { kernel[row * area + column] += mean - means[row] - means[column] }
        }
        guard let (value, vector) = LeadingEigenpair.of(kernel, size: area) else {
            return [Float](repeating: 0, count: area)
        }
        return evidence.oriented(vector.map { $0 * max(0, value).squareRoot() }, features: features)
    }
}
