import Testing

@testable import Evaluate

/// What is said of maps whose model knows no classes any more.
struct RandomisationTests {
    @Test(arguments: [(0.2, 0.2), (0.5, 0.5), (-0.5, 0)]) func mapsThatBecomeOthersPass(ranks: Double, likeness: Double)
    {
        #expect(RandomisationVerdict(rankCorrelation: ranks, structuralSimilarity: likeness) == .passes)
    }

    @Test(arguments: [(0.55, 0.2), (0.1, 0.6), (-0.8, 0)]) func mapsThatStayFail(ranks: Double, likeness: Double) {
        #expect(RandomisationVerdict(rankCorrelation: ranks, structuralSimilarity: likeness) == .fails)
    }

    @Test func stagesGoFromTheHeadToThePictureAndHaveTheHalf() {
        #expect(RedrawnStages(layers: 3, most: 8).counts == [1, 2, 3])
        #expect(RedrawnStages(layers: 53, most: 5).counts == [1, 14, 27, 40, 53])
        // In the place of the nearest one.
        #expect(RedrawnStages(layers: 16, most: 4).counts == [1, 8, 11, 16])
        #expect(RedrawnStages(layers: 4, most: 3).counts == [1, 2, 4])
        // Too few for a curve.
        for (layers, most) in [(53, 2), (53, 0), (1, 8)] {
            let stages = RedrawnStages(layers: layers, most: most)
            #expect(stages.counts == [stages.half] && stages.series([]).isEmpty)
        }
    }

    @Test func theVerdictIsMadeByTheHalf() {
        let stages = RedrawnStages(layers: 3, most: 3)
        func likeness(_ change: Float) -> MapLikeness {
            let map = (0..<144).map { Float($0 * 31 % 144) / 143 }
            let other = map.enumerated().map { $0 < Int(change * 144) ? 1 - $1 : $1 }
            return MapLikeness(map, other, height: 12, width: 12)
        }
        let (cascade, single) = ([0, 0.5, 1].map(likeness), [0, 0.1, 0.2].map(likeness))
        let found = stages.figures(cascade: cascade, single: single)
        #expect(found.figures[Metric.redrawnRanks.key] == cascade[1].rankCorrelation)
        #expect(found.figures[Metric.redrawnSimilarity.key] == cascade[1].structuralSimilarity)
        let series = stages.series(["head", "b", "a"])
        #expect(Set(series.map(\.key)) == Set(found.curves.keys))
        #expect(series[0].positions == [1.0 / 3, 2.0 / 3, 1] && series[0].names == ["head", "b", "a"])
        #expect(found.curves["cascade_ranks"] == cascade.map(\.rankCorrelation))
        #expect(found.curves["single_ssim"] == single.map(\.structuralSimilarity))
        #expect(cascade[0].rankCorrelation > 0.999 && cascade[2].rankCorrelation < -0.999)
    }

    @Test func aMapIsLikeItself() {
        let map = (0..<144).map { Float($0 * 31 % 144) / 143 }
        let same = MapLikeness(map, map, height: 12, width: 12)
        #expect(abs(same.rankCorrelation - 1) < 1e-12 && abs(same.structuralSimilarity - 1) < 1e-12)
        let other = MapLikeness(map, map.reversed(), height: 12, width: 12)
        #expect(other.rankCorrelation < 0.5 && other.structuralSimilarity < 0.5)
    }
}
