/// How a map of a picture is like that of the model as it was, when weights have been drawn anew.
package struct MapLikeness: Sendable, Equatable {
    package let rankCorrelation: Double
    package let structuralSimilarity: Double

    /// - Parameters:
    ///   - original, changed: Float `[height, width]`, 0...1.
    package init(_ original: [Float], _ changed: [Float], height: Int, width: Int) {
        rankCorrelation = RankCorrelation.spearman(original, changed)
        structuralSimilarity = StructuralSimilarity.mean(original, changed, height: height, width: width)
    }
}

/// Whether a method's maps depend on what the model has learnt: they must become others when its weights are drawn anew, layer
/// by layer from the head.
///
/// Adebayo et al. 2018, arXiv:1810.03292, section 3.1. The paper shows curves; the rule that makes a verdict of them is ours: by
/// the maps of a model of which half of the layers, those nearest to the head, were drawn anew. What they say of the class is gone
/// then, and the layers that find edges are still there: with those gone, too, even maps of edges become others.
package enum RandomisationVerdict: String, Sendable, Codable {
    case passes
    /// Maps stay what they were: they show the picture rather than what the model sees in it.
    case fails

    /// Above one of them, the maps of a model that knows no classes are still those of the one that was trained.
    package static let mostRankCorrelation = 0.5
    package static let mostSimilarity = 0.5

    /// - Parameters:
    ///   - rankCorrelation: of the maps of many pictures, on average, as `structuralSimilarity`.
    package init(rankCorrelation: Double, structuralSimilarity: Double) {
        // An order that is turned round is as much that of before.
        let isLike = abs(rankCorrelation) > Self.mostRankCorrelation || structuralSimilarity > Self.mostSimilarity
        self = isLike ? .fails : .passes
    }
}
