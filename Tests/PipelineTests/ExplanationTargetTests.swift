import Pipeline
import Testing

struct ExplanationTargetTests {
    private let scores: [Float] = [1, 2.5, -3, 2]

    @Test func aScoreIsOneElement() {
        #expect(ExplanationTarget.score(2).seed(4) == [0, 0, 1, 0])
        #expect(ExplanationTarget.score(2).value(of: scores) == -3)
    }

    @Test func sumsAndDifferencesAreOfTheValues() {
        let (one, other) = (ExplanationTarget.score(1), ExplanationTarget.score(3))
        #expect((one + other).value(of: scores) == 4.5)
        #expect(ExplanationTarget.difference(1, from: 3) == one - other)
        #expect((one - other).value(of: scores) == 0.5)
        // A class less the mean of two others.
        let fromMean = one - 0.5 * (other + .score(2))
        #expect(fromMean.seed(4) == [0, 1, -0.5, -0.5] && fromMean.value(of: scores) == 3)
    }

    @Test func whatWeighsNothingIsNoTermOfIt() {
        #expect(ExplanationTarget.difference(2, from: 2) == ExplanationTarget([:]))
        #expect(ExplanationTarget.score(1) + 0 * .score(2) == .score(1))
        #expect(ExplanationTarget([3: 1, 0: 2]) == 2 * .score(0) + .score(3))
    }

    @Test func aSliceOfSomeMemoryIsAnOutputToo() {
        #expect(ExplanationTarget.score(1).value(of: scores[1...]) == -3)
    }
}
