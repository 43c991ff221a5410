import Pipeline

/// Guided Grad-CAM: guided backpropagation where Grad-CAM is positive: fine detail of the class's region.
///
/// Selvaraju et al. 2017, arXiv:1610.02391, sec. 3.2: the product of guided backpropagation with relu(Grad-CAM), brought to
/// the picture's size by bilinear interpolation; of the colours, the greatest absolute value is shown.
struct GuidedGradCAM: CAMMethod {
    static let name = "guided-gradcam"
    static let title = "Guided Grad-CAM"
    static let needs: MethodNeeds = [.gradients, .guidedGradients]
    static let saturatedShare = 0.01

    private let gradCAM: GradCAM

    init(_ options: MethodOptions) { gradCAM = GradCAM(options) }

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        var detail = try subject.inputGradients(.guidedInput).strongest
        var coarse = try gradCAM.map(subject)
        for place in coarse.values.indices { coarse.values[place] = max(0, coarse.values[place]) }
        let region = Bilinear.resized(coarse, height: detail.height, width: detail.width)
        for place in detail.values.indices { detail.values[place] *= region.values[place] }
        return detail
    }
}
