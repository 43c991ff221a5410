/// Saliency: how strongly each pixel acts on the score.
///
/// Simonyan et al. 2013, arXiv:1312.6034, sec. 3.1: the greatest |dy_c/dx| of the colours, with x the picture as the
/// network takes it.
struct Saliency: CAMMethod {
    static let name = "saliency"
    static let title = "Saliency"
    static let needs = MethodNeeds.inputGradients

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        try subject.inputGradients(.input).strongest
    }
}

/// A gradient with respect to the picture, Float `[colours, height, width]`.
struct InputGradients {
    let colours: Int
    let height: Int
    let width: Int
    let values: UnsafeBufferPointer<Float>

    /// The greatest absolute value of the colours, place by place.
    var strongest: RawMap {
        let area = height * width
        var map = [Float](repeating: 0, count: area)
        for colour in 0..<colours {
            for place in 0..<area { map[place] = max(map[place], abs(values[colour * area + place])) }
        }
        return RawMap(height: height, width: width, values: map)
    }
}
