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

    @Test func aMapIsLikeItself() {
        let map = (0..<144).map { Float($0 * 31 % 144) / 143 }
        let same = MapLikeness(map, map, height: 12, width: 12)
        #expect(abs(same.rankCorrelation - 1) < 1e-12 && abs(same.structuralSimilarity - 1) < 1e-12)
        let other = MapLikeness(map, map.reversed(), height: 12, width: 12)
        #expect(other.rankCorrelation < 0.5 && other.structuralSimilarity < 0.5)
    }
}
