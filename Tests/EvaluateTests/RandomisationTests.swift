import Testing

@testable import Evaluate

/// What is said of maps whose model knows nothing any more.
struct RandomisationTests {
    private func verdict(_ likeness: [(Double, Double)]) -> RandomisationTest.Verdict? {
        var test = RandomisationTest(layers: [1, 5])
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
        #expect(RandomisationTest(layers: []).verdict == nil)
    }

    @Test func meansAreOfEachStage() {
        var test = RandomisationTest(layers: [1, 2, 3])
        test.note(MapLikeness(rankCorrelation: 1, structuralSimilarity: 0.5), stage: 0)
        test.note(MapLikeness(rankCorrelation: 0, structuralSimilarity: 0.25), stage: 0)
        #expect(test.means == [MapLikeness(rankCorrelation: 0.5, structuralSimilarity: 0.375), nil, nil])
    }

    @Test func stagesEndWithAllLayers() {
        #expect(RandomisationTest.stages(4, of: 53) == [1, 18, 35, 53])
        #expect(RandomisationTest.stages(8, of: 3) == [1, 2, 3])
        #expect(RandomisationTest.stages(1, of: 7) == [7])
        #expect(RandomisationTest.stages(4, of: 0) == [])
    }

    @Test func aMapIsLikeItself() {
        let map = (0..<144).map { Float($0 * 31 % 144) / 143 }
        let same = MapLikeness(map, map, height: 12, width: 12)
        #expect(abs(same.rankCorrelation - 1) < 1e-12 && abs(same.structuralSimilarity - 1) < 1e-12)
        let other = MapLikeness(map, map.reversed(), height: 12, width: 12)
        #expect(other.rankCorrelation < 0.5 && other.structuralSimilarity < 0.5)
    }
}
