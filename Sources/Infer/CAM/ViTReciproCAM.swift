import Pipeline

/// ViT-Recipro-CAM: the score when the head sees the surroundings of a single token, and the class token.
///
/// Byun and Lee 2023, arXiv:2310.02588, sec. 3: as Recipro-CAM, with a 3 × 3 Gaussian (1 2 1, 2 4 2, 1 2 1, divided by
/// 16) in place of the single one; beyond the edges there is nothing. Scores are taken before the softmax, as there.
struct ViTReciproCAM: CAMMethod {
    static let name = "vit-reciprocam"
    static let title = "ViT-Recipro-CAM"
    static let needs = MethodNeeds.headPasses
    static let zero = ZeroLevel.lowest

    private static let gaussian: [(row: Int, column: Int, share: Float)] = (-1...1).flatMap { row in
        (-1...1).map { column in (row, column, Float((2 - abs(row)) * (2 - abs(column))) / 16) }
    }

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        try subject.mosaic(Self.gaussian, for: Self.title)
    }
}
