import Testing

@testable import Evaluate

/// What is said of maps whose model knows no classes any more.
struct RandomisationTests {
    private func verdict(_ likeness: [(Double, Double)]) -> RandomisationTest.Verdict? {
        var test = RandomisationTest(stages: 2)
        test.note(MapLikeness(rankCorrelation: 1, structuralSimilarity: 1), stage: 0)
        for (rank, similarity) in likeness {
            test.note(MapLikeness(rankCorrelation: rank, structuralSimilarity: similarity), stage: 1)
        }
        return test.verdict
    }

    @Test func mapsThatBecomeOthersPass() {
        // The mean of the pictures counts, not each of them.
        #expect(verdict([(0.6, 0.3), (-0.2, 0.1)]) == .passes)
        #expect(verdict([(0.5, 0.5)]) == .passes)
    }

    @Test func mapsThatStayFail() {
        #expect(verdict([(0.7, 0.2), (0.4, 0.2)]) == .fails)
        #expect(verdict([(0.1, 0.6)]) == .fails)
        #expect(verdict([(-0.8, 0)]) == .fails)
    }

    @Test func withoutPicturesThereIsNoVerdict() {
        #expect(verdict([]) == nil)
        #expect(RandomisationTest(stages: 0).verdict == nil)
    }

    @Test func meansAreOfEachStage() {
        var test = RandomisationTest(stages: 3)
        test.note(MapLikeness(rankCorrelation: 1, structuralSimilarity: 0.5), stage: 0)
        test.note(MapLikeness(rankCorrelation: 0, structuralSimilarity: 0.25), stage: 0)
        #expect(test.means == [MapLikeness(rankCorrelation: 0.5, structuralSimilarity: 0.375), nil, nil])
    }

    @Test func aMapIsLikeItself() {
        let map = (0..<144).map { Float($0 * 31 % 144) / 143 }
        let same = MapLikeness(map, map, height: 12, width: 12)
        #expect(abs(same.rankCorrelation - 1) < 1e-12 && abs(same.structuralSimilarity - 1) < 1e-12)
        let other = MapLikeness(map, map.reversed(), height: 12, width: 12)
        #expect(other.rankCorrelation < 0.5 && other.structuralSimilarity < 0.5)
    }
}
