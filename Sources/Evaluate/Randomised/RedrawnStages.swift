/// How many layers are drawn anew, from the head to the picture: the places of the curves that Adebayo et al. 2018 show.
package struct RedrawnStages: Sendable, Equatable {
    /// Of the model.
    package let layers: Int
    /// Ascending.
    package let counts: [Int]
    /// What verdicts are made by: half of the layers.
    package let half: Int

    /// - Parameter most: of the stages. Fewer than three tell no curve: then there is the half alone.
    package init(layers: Int, most: Int) {
        precondition(layers > 0)
        self.layers = layers
        half = (layers + 1) / 2
        let count = min(most, layers)
        guard most >= 3, count > 1 else {
            counts = [half]
            return
        }
        let even = (0..<count).map { 1 + Int((Double($0 * (layers - 1)) / Double(count - 1)).rounded()) }
        counts = even.contains(half) ? even : Self.placing(half, in: even)
    }

    /// In the place of the nearest one, but for the ends.
    private static func placing(_ half: Int, in counts: [Int]) -> [Int] {
        var counts = counts
        let nearest = counts.indices.dropFirst().dropLast().min { abs(counts[$0] - half) < abs(counts[$1] - half) }!
        counts[nearest] = half
        return counts
    }

    /// - Parameter labels: of the layers, from the head to the picture.
    /// - Returns: none where there is one stage alone.
    package func series(_ labels: [String]) -> [Series] {
        guard counts.count > 1 else { return [] }
        let places = counts.map { Double($0) / Double(layers) }
        let names = counts.map { labels[$0 - 1] }
        let (cascade, single) = (
            "share of the layers that are drawn anew, from the head", "place of the layer, from the head"
        )
        return [
            Series("cascade_ranks", "Rank correlation, layer by layer", over: cascade, at: places, names: names),
            Series("cascade_ssim", "SSIM, layer by layer", over: cascade, at: places, names: names),
            Series("single_ranks", "Rank correlation, one layer alone", over: single, at: places, names: names),
            Series("single_ssim", "SSIM, one layer alone", over: single, at: places, names: names),
        ]
    }

    /// What was found of a map.
    ///
    /// - Parameters:
    ///   - cascade: at each stage.
    ///   - single: the same where the stage's last layer alone is drawn anew.
    package func figures(cascade: [MapLikeness], single: [MapLikeness]) -> MapFigures {
        let verdict = cascade[counts.firstIndex(of: half)!]
        return MapFigures(
            [
                Metric.redrawnRanks.key: verdict.rankCorrelation,
                Metric.redrawnSimilarity.key: verdict.structuralSimilarity,
            ],
            curves: counts.count < 2
                ? [:]
                : [
                    "cascade_ranks": cascade.map(\.rankCorrelation),
                    "cascade_ssim": cascade.map(\.structuralSimilarity),
                    "single_ranks": single.map(\.rankCorrelation),
                    "single_ssim": single.map(\.structuralSimilarity),
                ])
    }
}
