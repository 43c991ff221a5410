import Testing

@testable import Infer

struct ScoresTests {
    @Test func softmaxOfLargeLogitsDoesNotOverflow() {
        var scores = Scores(classes: 3)
        [1000, 1000, -1000].withUnsafeBufferPointer { scores.setSoftmax($0) }
        #expect(scores.probabilities == [0.5, 0.5, 0])
    }

    @Test func sigmoidTreatsEachClassByItself() {
        var scores = Scores(classes: 2)
        [0, Float(100)].withUnsafeBufferPointer { scores.setSigmoid($0) }
        #expect(scores.probabilities == [0.5, 1])
    }

    @Test func theTopIsSortedAndTiesGoToTheLowerNumber() {
        var scores = Scores(classes: 6)
        [1, 3, 2, 3, 0, 2].withUnsafeBufferPointer { scores.setSoftmax($0) }
        #expect(scores.top(4) == [1, 3, 2, 5])
        #expect(scores.top(9).count == 6)
    }
}
