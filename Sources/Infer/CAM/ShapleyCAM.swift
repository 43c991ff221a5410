import Pipeline

/// Shapley-CAM: Grad-CAM with a term of second order, which makes the weights approximate Shapley values.
///
/// Cai 2025, arXiv:2501.06261, eq. 20: w_k = mean_ij (G - ½ H A)_k, where the score that is differentiated is the sum of the
/// logit and its log-softmax (the paper's ReST): of a logit alone, H A is 0 in nets that are piecewise linear.
struct ShapleyCAM: CAMMethod {
    static let name = "shapleycam"
    static let title = "Shapley-CAM"
    static let needs = MethodNeeds.hessian

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let (evidence, product) = try subject.secondOrder()
        let area = evidence.area
        let weights = (0..<evidence.channels).map { channel in
            let range = channel * area..<(channel + 1) * area
            return range.reduce(0) { $0 + evidence.gradients[$1] - product[$1] / 2 } / Float(area)
        }
        return RawMap(height: evidence.height, width: evidence.width, values: evidence.weightedSum(weights))
    }
}
