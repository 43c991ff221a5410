import Pipeline

/// Guided backpropagation: saliency with gradients that stay positive at each ReLU. It hardly knows the class (Adebayo
/// et al. 2018, arXiv:1810.03292).
///
/// Springenberg et al. 2014, arXiv:1412.6806, sec. 3.4; of the colours, the greatest absolute value is shown.
struct GuidedBackpropagation: CAMMethod {
    static let name = "guided-backprop"
    static let title = "Guided backpropagation"
    static let isClassDiscriminative = false
    static let needs = MethodNeeds.guidedGradients
    static let saturatedShare = 0.01

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        try subject.inputGradients(.guidedInput).strongest
    }
}
