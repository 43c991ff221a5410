import Evaluate
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func evaluation(
        _ pictures: [JudgedPicture], facts: RunFacts = Runs.facts(), draws: Int = 50, tuneShare: Double = 0,
        isFinished: Bool = true
    ) throws -> Evaluation {
        try Evaluation(
            journal: try Runs.journal(pictures, facts: facts, in: folder), .init(draws: draws, tuneShare: tuneShare),
            leftOut: [LeftOut(name: "x.jpg", reason: "it has no box")], isFinished: isFinished, date: "today",
            seconds: 3)
    }

    private func four() -> [JudgedPicture] { (0..<4).map { Runs.picture($0, isRight: $0 > 0) } }

    @Test func theTrueMapIsBestAndTheMovedOneIsBelowTheWholePicture() throws {
        let found = try evaluation(four())
        let (right, moved, whole) = (found.methods[0], found.methods[1], found.methods[2])
        #expect(right.figures[Metric.pointing.key] == Estimate(value: 1, low: 1, high: 1))
        #expect(right.figures[Metric.energyInMask.key]?.value == 1 && right.figures[Metric.pixelAP.key]?.value == 1)
        #expect(right.figures[Metric.maxBoxAcc.key]?.value == 1 && right.below.isEmpty)
        #expect(right.ranks.values.allSatisfy { $0 == 1 })
        #expect(moved.figures[Metric.pointing.key]?.value == 0 && moved.figures[Metric.pointingNear.key]?.value == 1)
        #expect(moved.below[Metric.energyInMask.key] == "baseline:whole" && moved.ranks[Metric.maskIoU.key] == 3)
        #expect(abs(try #require(whole.figures[Metric.pointing.key]).value - 16.0 / 120) < 1e-6)
        #expect(found.summary.accuracy?.value == 0.75 && found.summary.judged == 4)
        #expect(found.best(by: .pixelAP)?.method.key == "true")
        #expect(found.lead == .energyInMask)
    }

    @Test func theBestMethodIsReadFromTheReport() throws {
        let encoder = JSONEncoder()
        let path = try folder.write(encoder.encode(try evaluation(four())), to: "report.json")
        let best = try #require(try Evaluation(report: path).best)
        #expect(best.method == Runs.methods[0] && best.meanRank == 1)
        // Baselines are no methods.
        let moved = try evaluation(four(), facts: Runs.facts(methods: Array(Runs.methods[1...])))
        #expect(moved.best?.method.key == "moved" && (moved.best?.meanRank ?? 0) > 1)
        let other = try folder.write(Array(#"{"models": []}"#.utf8), to: "other.json")
        #expect(throws: EvaluationError.cannotRead(path: other, reason: "it is no report of camstream evaluate")) {
            try Evaluation(report: other)
        }
    }

    /// From all pictures of the journal, in whichever run they were judged.
    @Test func whoFailsWhereTheModelForgetsFollowsFromTheFigures() throws {
        let metrics = [Metric.redrawnRanks, Metric.redrawnSimilarity]
        let facts = Runs.facts(judged: metrics)
        let pictures = [(0.9, 0.1), (0.4, -0.3)].enumerated().map { number, ranks in
            var picture = Runs.picture(number)
            for (key, value) in [("true", ranks.0), ("moved", ranks.1)] {
                picture.maps[key]?.figures.merge([metrics[0].key: value, metrics[1].key: 0.2]) { $1 }
            }
            return picture
        }
        let found = try evaluation(pictures, facts: facts)
        #expect(found.methods.map(\.verdict) == [.fails, .passes, nil])
        #expect(found.remarks.contains { $0.hasPrefix("Maps stay") && $0.hasSuffix(": True.") }, "\(found.remarks)")
        #expect(found.remarks.contains { $0.hasPrefix("Maps become others") && $0.hasSuffix(": Moved.") })
        #expect(try evaluation(four()).methods.allSatisfy { $0.verdict == nil })
    }

    @Test func curvesAreMeansWithBoundsOfThePicturesThatHaveThem() throws {
        let series = Series("insertion", "Insertion", over: "share", at: [0, 0.5, 1])
        func picture(_ number: Int, _ curve: [Double]) -> JudgedPicture {
            var picture = Runs.picture(number)
            picture.maps["true"] = Runs.map(2, others: MapFigures(curves: ["insertion": curve]))
            return picture
        }
        let pictures = [
            picture(0, [0, 0.25, 1]), picture(1, [0, 0.75, 0.5]), picture(2, [0, .nan, 1]), picture(3, [1, 1]),
        ]
        let found = try evaluation(pictures, facts: Runs.facts(series: [series]))
        let curve = try #require(found.methods[0].curves["insertion"])
        #expect(curve.values == [0, 0.5, 0.75] && curve.low?[0] == 0 && curve.high?[0] == 0)
        #expect(curve.low?[1] == 0.25 && curve.high?[1] == 0.75)
        #expect(found.methods[1].curves.isEmpty)
        let undrawn = try evaluation(pictures, facts: Runs.facts(series: [series]), draws: 0).methods[0]
        #expect(undrawn.curves["insertion"]?.low == nil && undrawn.curves["insertion"]?.values == curve.values)
    }

    @Test func oneScoreIsToldWhereItIsAskedFor() throws {
        let pictures = (0..<2).map { number in
            var picture = Runs.picture(number)
            picture.maps["true"] = Runs.map(2, others: MapFigures([Metric.arcc.key: 0.25]))
            picture.maps["moved"] = Runs.map(7, others: MapFigures([Metric.arcc.key: 0.5]))
            return picture
        }
        let facts = Runs.facts(judged: [.arcc])
        func scored(_ score: Metric?) throws -> Evaluation {
            try Evaluation(
                pictures, facts: facts, .init(draws: 0, tuneShare: 0, score: score), date: "today", seconds: 1)
        }
        let found = try scored(.arcc)
        #expect(found.remarks.contains("By ARCC alone: Moved 0.500, True 0.250."), "\(found.remarks)")
        #expect(found.best?.method.key == "moved")
        let without = try scored(nil)
        #expect(!without.remarks.contains { $0.contains("alone") } && without.best?.method.key == "true")
    }

    @Test func differencesAreThoseOfEachTwo() throws {
        let found = try evaluation(four())
        #expect(
            found.differences.map { "\($0.method) \($0.other)" } == [
                "true moved", "true baseline:whole", "moved baseline:whole",
            ])
        let first = try #require(found.differences[0].figures[Metric.pointing.key])
        #expect(first == Estimate(value: 1, low: 1, high: 1) && first.isSure)
    }

    @Test func theSameJournalGivesTheSameReport() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let texts = try (0..<2).map { _ in try encoder.encode(try evaluation(four(), tuneShare: 0.5)) }
        #expect(texts[0] == texts[1])
    }

    @Test func thresholdsMayBeChosenOnOtherPictures() throws {
        let found = try evaluation((0..<10).map { Runs.picture($0) }, tuneShare: 0.3)
        #expect(found.summary.tuned == 3 && found.summary.judged == 10)
        #expect(found.methods[0].figures[Metric.maxBoxAccV2.key]?.value == 1)
        // One stays to be judged, however few there are.
        #expect(try evaluation([Runs.picture(0), Runs.picture(1)], tuneShare: 0.9).summary.tuned == 1)
    }

    @Test func picturesWithTheMostAndTheLeastHeatOnTheObjectAreShown() throws {
        var pictures = (0..<9).map { Runs.picture($0) }
        pictures[4].maps["true"] = Runs.map(4)
        pictures[6].maps["true"] = Runs.map(7)
        let found = try evaluation(pictures).methods[0]
        #expect(found.worst.prefix(2).map(\.picture) == ["6.jpg", "4.jpg"])
        #expect(found.worst.map(\.figure).prefix(2) == [0, 0.5] && found.best.allSatisfy { $0.figure == 1 })
    }

    @Test func whatCouldNotBeReadIsLeftOut() throws {
        let bad = JudgedPicture(
            LabelledPicture(path: "/p/b.jpg", name: "b.jpg", label: "cat"), problem: "it is damaged")
        let found = try evaluation(four() + [bad])
        #expect(found.summary.judged == 4)
        #expect(
            found.leftOut == [
                LeftOut(name: "x.jpg", reason: "it has no box"), LeftOut(name: "b.jpg", reason: "it is damaged"),
            ])
        #expect(throws: EvaluationError.nothingJudged(pictures: 1, first: "b.jpg: it is damaged")) {
            try evaluation([bad])
        }
    }

    @Test func withoutBoxesAndMasksOnlyTheClassifierIsJudged() throws {
        var picture = Runs.picture(0)
        let field = HeatField(width: 2, height: 1, values: [0, 1])
        picture.maps = ["true": JudgedMap(Whereabouts(field, Truth(width: 2, height: 1, boxes: [], mask: nil)))]
        let found = try evaluation([picture])
        #expect(found.metrics.isEmpty && found.lead == nil && found.summary.accuracy?.value == 1)
        #expect(found.remarks.contains { $0.contains("neither boxes nor masks") })
        #expect(throws: EvaluationError.tuneWithoutPlaces) { try evaluation([picture], tuneShare: 0.5) }
    }

    @Test func aStoppedRunSaysSo() throws {
        let found = try evaluation(four(), facts: Runs.facts(pictures: 10), isFinished: false)
        #expect(!found.summary.isFinished)
        #expect(
            found.remarks.contains { $0.contains("5 images were not reached: --resume goes on") }, "\(found.remarks)")
    }
}
