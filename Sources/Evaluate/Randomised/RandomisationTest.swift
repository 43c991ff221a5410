/// How a map of a picture is like that of the model as it was, when weights have been drawn anew.
package struct MapLikeness: Sendable, Equatable {
    package let rankCorrelation: Double
    package let structuralSimilarity: Double

    package init(rankCorrelation: Double, structuralSimilarity: Double) {
        (self.rankCorrelation, self.structuralSimilarity) = (rankCorrelation, structuralSimilarity)
    }

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
package struct RandomisationTest: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        case passes
        /// Maps stay what they were: they show the picture rather than what the model sees in it.
        case fails
    }

    /// Above one of them, the maps of a model that knows no classes are still those of the one that was trained.
    package static let mostRankCorrelation = 0.5
    package static let mostSimilarity = 0.5

    private var sums: [MapLikeness]
    private var counts: [Int]

    /// - Parameter stages: how many; the last one decides.
    package init(stages: Int) {
        sums = (0..<stages).map { _ in MapLikeness(rankCorrelation: 0, structuralSimilarity: 0) }
        counts = (0..<stages).map { _ in 0 }
    }

    /// Notes one picture.
    package mutating func note(_ likeness: MapLikeness, stage: Int) {
        sums[stage] = MapLikeness(
            rankCorrelation: sums[stage].rankCorrelation + likeness.rankCorrelation,
            structuralSimilarity: sums[stage].structuralSimilarity + likeness.structuralSimilarity)
        counts[stage] += 1
    }

    /// Of each stage, the mean over the pictures; nil where there was none.
    package var means: [MapLikeness?] {
        zip(sums, counts).map { sum, count in
            guard count > 0 else { return nil }
            return MapLikeness(
                rankCorrelation: sum.rankCorrelation / Double(count),
                structuralSimilarity: sum.structuralSimilarity / Double(count))
        }
    }

    /// By the last stage; nil where no picture came so far.
    package var verdict: Verdict? {
        guard let last = means.last ?? nil else { return nil }
        // An order that is turned round is as much that of before.
        let isLike =
            abs(last.rankCorrelation) > Self.mostRankCorrelation
            || last.structuralSimilarity > Self.mostSimilarity
        return isLike ? .fails : .passes
    }
}
