import Testing

@testable import Fit

struct LookAlikesTests {
    @Test func whatWasConfusedComesFirstThenWhatIsClose() {
        var table = FeatureTable(width: 3)
        // Classes 0 and 3 lie close; 1 and 2 far off, but were confused.
        for (row, features) in [[1, 0, 0], [0, 5, 0], [0, 0, 5], [1.1, 0, 0], [-9, 0, 0]].enumerated() {
            table.append(features.map { Float($0) }, example: row)
        }
        let examples = (0..<5).map { LabelledExample(label: $0, group: $0) }
        var scores = [Float](repeating: 0, count: 15)
        (scores[2], scores[5 + 2], scores[10 + 1]) = (1, 1, 1)
        let evaluation = Evaluation(scores: scores, labels: [1, 2, 2], classes: 5)
        let pairs = LookAlikes(evaluation, table, examples, classes: 5).pairs
        #expect(pairs.map { [$0.first, $0.second] }.prefix(2) == [[1, 2], [0, 3]])
        #expect((pairs[0].firstAsSecond, pairs[0].secondAsFirst) == (1, 1))
        #expect(pairs[1].cosine > 0.9)
        #expect(LookAlikes(nil, table, examples, classes: 5, maximum: 1).pairs.map(\.second) == [3])
    }
}

struct CrossValidationTests {
    private static let fitter = HeadFitter(classes: 3, options: HeadFitOptions(threads: 2))

    @Test func eachExampleIsTestedOnceByAHeadThatDidNotLearnIt() throws {
        var blobs = Blobs([12, 12, 12], width: 20, distance: 0, views: 2)
        blobs.examples = blobs.examples.enumerated().map { LabelledExample(label: $1.label, group: $0 / 2) }
        let answers = try CrossValidation.answers(Self.fitter, blobs.table, blobs.examples, folds: 4)
        #expect(answers.map(\.example) == Array(0..<36))
        #expect(answers.map(\.label) == blobs.examples.map(\.label))
        // The classes are not different: whoever learnt the tested ones would be right.
        #expect(Evaluation(answers, classes: 3).accuracy < 0.65)
    }

    @Test func classesThatAreApartAreRight() throws {
        let blobs = Blobs([10, 10, 10], width: 6, distance: 3)
        var told: [Double] = []
        let answers = try CrossValidation.answers(Self.fitter, blobs.table, blobs.examples, folds: 5) {
            told.append($0)
        }
        #expect(answers.allSatisfy { $0.isRight })
        #expect(told == told.sorted())
        #expect(told.last == 1)
    }

    @Test func clipsOfOneClassEachCannotBeValidated() {
        var blobs = Blobs([6, 6, 6], width: 4, distance: 1)
        blobs.examples = blobs.examples.map { LabelledExample(label: $0.label, group: $0.label) }
        #expect(throws: HeadError.self) {
            try CrossValidation.answers(Self.fitter, blobs.table, blobs.examples, folds: 3)
        }
    }
}
