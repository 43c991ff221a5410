import Pipeline

/// Saliency: how strongly each pixel acts on the score.
///
/// Simonyan et al. 2013, arXiv:1312.6034, sec. 3.1: the greatest |dy_c/dx| of the colours, with x the picture as the
/// network takes it.
struct Saliency: CAMMethod {
    static let name = "saliency"
    static let title = "Saliency"
    static let needs = MethodNeeds.inputGradients
    static let saturatedShare = 0.01

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        try subject.inputGradients(.input).strongest
    }
}
