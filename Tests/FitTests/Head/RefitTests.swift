import Testing

@testable import Fit

struct RefitTests {
    private static let options = HeadFitOptions(threads: 1)

    @Test func aFewExamplesAreFittedAsAWhole() throws {
        let blobs = Blobs([6, 9], width: 8, distance: 1)
        let head = try HeadFitter(classes: 2, options: Self.options).refit(blobs.table, blobs.examples, from: nil)
        #expect(head.trials.count > 2)
        #expect(head.balancesClasses)
    }

    @Test func manyExamplesAreFittedFromTheFormerHeadWithItsStrengthAndTemperature() throws {
        let blobs = Blobs([60, 60, 60], width: 8, distance: 0.8)
        let fitter = HeadFitter(classes: 3, options: Self.options)
        let former = try fitter.fit(blobs.table, blobs.examples)
        let more = Blobs([64, 60, 60], width: 8, distance: 0.8)
        let head = try fitter.refit(more.table, more.examples, from: former, operations: 2e5)
        #expect((head.l2, head.temperature) == (former.l2, former.temperature))
        // Few examples came in, and the rows are a part: nearly the same head.
        let test = Blobs([200, 200, 200], width: 8, distance: 0.8, seed: 3)
        #expect(abs(test.evaluation(of: head).accuracy - test.evaluation(of: former).accuracy) < 0.05)
    }

    @Test func theFormerHeadIsWhereItBegins() throws {
        let blobs = Blobs([40, 40], width: 8, distance: 0.8)
        let head = try HeadFitter(classes: 2, options: Self.options).fit(blobs.table, blobs.examples)
        let rows = try Material(blobs.table, Array(0..<80), blobs.examples, 2, Self.options).rows
        // Of another part, so that mean and deviation are others, too.
        let scaling = Standardisation(of: rows, in: [0..<50])
        let layer = scaling.folded(scaling.parameters(of: head), classes: 2, temperature: head.temperature)
        #expect(zip(layer.weights, head.weights).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(layer.bias, head.bias).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func aNewClassIsRecognisedAtOnce() throws {
        let two = Blobs([100, 100], width: 8, distance: 1.5)
        let former = try HeadFitter(classes: 2, options: Self.options).fit(two.table, two.examples)
        let three = Blobs([100, 100, 5], width: 8, distance: 1.5)
        let head = try HeadFitter(classes: 3, options: Self.options).refit(
            three.table, three.examples, from: former.rearranged([0, 1, nil]), operations: 2e5)
        let recalls = Blobs([50, 50, 50], width: 8, distance: 1.5, seed: 4).evaluation(of: head).ofClasses.map(
            \.recall!)
        #expect(recalls.allSatisfy { $0 > 0.8 }, "\(recalls)")
    }

    @Test func classesThatAreMovedKeepTheirScores() throws {
        let blobs = Blobs([10, 10, 10], width: 4, distance: 1)
        let head = try HeadFitter(classes: 3, options: Self.options).fit(blobs.table, blobs.examples)
        let moved = head.rearranged([2, nil, 0])
        let (before, after) = (head.scores(blobs.table), moved.scores(blobs.table))
        for row in 0..<30 {
            #expect(after[row * 3] == before[row * 3 + 2])
            #expect(after[row * 3 + 1] == 0)
            #expect(after[row * 3 + 2] == before[row * 3])
        }
    }
}
