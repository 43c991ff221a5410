import Foundation
import Synchronization
import Testing

@testable import Fit

struct HeadFitterTests {
    private static let options = HeadFitOptions(threads: 2)

    private static func fit(_ blobs: Blobs, _ options: HeadFitOptions = options) throws -> HeadFit {
        try HeadFitter(classes: blobs.classes, options: options).fit(blobs.table, blobs.examples)
    }

    @Test func classesThatAreApartAreToldApart() throws {
        let head = try Self.fit(Blobs([30, 30, 30], width: 12, distance: 2))
        #expect(Blobs([50, 50, 50], width: 12, distance: 2, seed: 2).evaluation(of: head).accuracy == 1)
    }

    @Test func probabilitiesComeTrueWhereClassesOverlap() throws {
        let head = try Self.fit(Blobs([150, 150, 150], width: 8, distance: 0.6))
        let evaluation = Blobs([1000, 1000, 1000], width: 8, distance: 0.6, seed: 2).evaluation(of: head)
        #expect((0.7...0.97).contains(evaluation.accuracy))
        #expect(evaluation.calibration.error! < 0.03)
    }

    @Test func theStrengthThatIsTakenIsTheBestOfThoseThatWereTried() throws {
        let head = try Self.fit(Blobs([40, 40], width: 10, distance: 0.4))
        #expect(head.folds == 5)
        #expect(head.trials.count > 2)
        let lowest = try #require(head.trials.map(\.logLoss).min())
        let best = try #require(head.trials.first { $0.l2 == head.l2 })
        #expect(best.logLoss <= 1.002 * lowest + 0.2 / 80)
        #expect(head.temperature == best.temperature)
        #expect(head.trials.map(\.l2) == head.trials.map(\.l2).sorted(by: >), "from strong to weak")
        #expect(Set(head.trials.map(\.l2)).isSubset(of: Self.options.strengths))
    }

    /// Classes that hardly differ need a strong L2, and many examples of overlapping ones a weak one.
    @Test(arguments: [([12, 12, 12], 60, 0.15, 1...100), ([400, 400], 3, 0.8, 1e-4...0.4)])
    func theStrengthIsLookedForOnBothSides(counts: [Int], width: Int, distance: Double, range: ClosedRange<Double>)
        throws
    {
        let head = try Self.fit(Blobs(counts, width: width, distance: distance))
        #expect(range.contains(head.l2), "\(head.trials)")
        #expect((3...13).contains(head.trials.count))
    }

    @Test func theSameFeaturesGiveTheSameHeadOnAnyNumberOfThreads() throws {
        let blobs = Blobs([40, 30, 20], width: 10, distance: 0.5, views: 2)
        let head = try Self.fit(blobs)
        #expect(try Self.fit(blobs) == head)
        #expect(try Self.fit(blobs, HeadFitOptions(threads: 1)) == head)
        #expect(try Self.fit(blobs, HeadFitOptions(threads: 3)) == head)
    }

    @Test func anExampleCountsTheSameHoweverManyViewsItHas() throws {
        let once = Blobs([25, 25], width: 6, distance: 0.5)
        var (thrice, row) = (once, 0)
        thrice.table = FeatureTable(width: 6)
        for example in once.examples.indices {
            // The first class three times, the other one once.
            for _ in 0..<(once.examples[example].label == 0 ? 3 : 1) {
                thrice.table.append(once.table[row], example: example)
            }
            row += 1
        }
        let (one, three) = (try Self.fit(once), try Self.fit(thrice))
        #expect(one.l2 == three.l2)
        #expect(zip(one.weights, three.weights).allSatisfy { abs($0 - $1) < 2e-3 })
        #expect(zip(one.bias, three.bias).allSatisfy { abs($0 - $1) < 1e-2 })
    }

    @Test func aClassWithFewExamplesWeighsAsMuchAsTheOthers() throws {
        let few = Blobs([200, 8], width: 4, distance: 0.5)
        #expect(try Self.fit(few).balancesClasses)
        var options = Self.options
        options.balancesBelow = 0
        let test = Blobs([300, 300], width: 4, distance: 0.5, seed: 2)
        let balanced = try test.evaluation(of: Self.fit(few)).ofClasses[1].recall!
        let unbalanced = try test.evaluation(of: Self.fit(few, options)).ofClasses[1].recall!
        #expect(balanced > unbalanced + 0.05)
        let many = try Self.fit(Blobs([30, 90], width: 4, distance: 1))
        #expect(!many.balancesClasses)
    }

    @Test func aFeatureThatNeverOrHardlyChangesDoesNotDecide() throws {
        var blobs = Blobs([30, 30], width: 4, distance: 2)
        var table = FeatureTable(width: 6)
        for row in 0..<blobs.table.count {
            table.append(blobs.table[row] + [0.25, row == 7 ? 1e-6 : 0], example: row)
        }
        blobs.table = table
        let head = try Self.fit(blobs)
        #expect(head.weights[4] == 0)
        #expect(head.weights[10] == 0)
        // Another picture has 0.5 there.
        var shown = FeatureTable(width: 6)
        for row in 0..<table.count { shown.append(table[row].dropLast() + [0.5], example: row) }
        let scores = head.scores(shown)
        #expect(scores.allSatisfy { abs($0) < 100 })
        #expect(Evaluation(scores: scores, labels: blobs.labels, classes: 2).accuracy == 1)
    }

    @Test func clipsOfOneClassEachLeaveNothingToChooseBy() throws {
        var blobs = Blobs([20, 20, 20], width: 6, distance: 1)
        blobs.examples = blobs.examples.map { LabelledExample(label: $0.label, group: $0.label) }
        let head = try Self.fit(blobs)
        #expect(head.folds == 0)
        #expect(head.trials.isEmpty)
        #expect(head.l2 == Self.options.usualStrength)
        #expect(head.temperature == 1)
        #expect(blobs.evaluation(of: head).accuracy > 0.9)
    }

    @Test func aClassOfASingleClipIsLearntInEveryFold() throws {
        var blobs = Blobs([20, 20, 20], width: 6, distance: 1)
        blobs.examples = blobs.examples.map { $0.label == 2 ? LabelledExample(label: 2, group: 1_000) : $0 }
        let material = try Material(
            blobs.table, Array(0..<60), blobs.examples, 3, Self.options)
        #expect(material.folds == 5)
        #expect(material.rows.folds.last?.count == 20)
        for fold in 0..<5 {
            let labels = Set(material.rows.ranges(without: fold).joined().map { material.rows.labels[$0] })
            #expect(labels == [0, 1, 2])
            #expect(material.rows.plainRows[fold].allSatisfy { material.rows.labels[$0] != 2 })
        }
    }

    @Test func groupsAreNeverParted() throws {
        var blobs = Blobs([40, 40], width: 3, distance: 1, views: 2)
        blobs.examples = blobs.examples.enumerated().map { LabelledExample(label: $1.label, group: $0 / 4) }
        let rows = try Material(blobs.table, Array(0..<160), blobs.examples, 2, Self.options).rows
        #expect(rows.count == 160)
        for group in 0..<20 {
            let places = rows.examples.indices.filter { rows.examples[$0] / 4 == group }
            #expect(places.count == 8)
            #expect(rows.folds.count { $0.overlaps(places.min()!..<places.max()! + 1) } == 1)
        }
    }

    // MARK: What cannot be fitted

    @Test(arguments: [Float.nan, .infinity])
    func whatIsNoNumberIsToldWithItsExample(value: Float) throws {
        var blobs = Blobs([10, 10], width: 3, distance: 1)
        let rows = (0..<20).map { Array(blobs.table[$0]) }
        blobs.table = FeatureTable(width: 3)
        for (row, features) in rows.enumerated() {
            blobs.table.append(row == 13 ? [features[0], value, 0] : features, example: row)
        }
        #expect(throws: HeadError.notFinite(example: 13)) { try Self.fit(blobs) }
    }

    @Test func aClassWithoutExamplesIsTold() {
        let blobs = Blobs([10, 0, 10], width: 3, distance: 1)
        #expect(throws: HeadError.emptyClass(label: 1)) { try Self.fit(blobs) }
    }

    @Test func oneClassIsTold() {
        #expect(throws: HeadError.oneClass) { try Self.fit(Blobs([10], width: 3, distance: 1)) }
    }

    @Test func itEndsSoonWhenItIsCancelled() {
        let asked = Mutex(0)
        let blobs = Blobs([20, 20], width: 3, distance: 1)
        #expect(throws: HeadError.cancelled) {
            try HeadFitter(classes: 2, options: Self.options).fit(
                blobs.table, blobs.examples,
                isCancelled: {
                    asked.withLock { count in
                        count += 1
                        return count > 3
                    }
                })
        }
    }

    @Test func progressRisesToOne() throws {
        var told: [Double] = []
        let blobs = Blobs([20, 20], width: 3, distance: 1)
        _ = try HeadFitter(classes: 2, options: Self.options).fit(blobs.table, blobs.examples) { told.append($0) }
        #expect(told == told.sorted())
        #expect(told.last == 1)
        #expect(told.count > 3)
    }
}
