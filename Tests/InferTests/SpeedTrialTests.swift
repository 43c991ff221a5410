import Foundation
import ONNX
import TestSupport
import Testing

@testable import Engine
@testable import Infer

/// Trials of a real model in the real engine: that they run and compare, not how long they take.
struct SpeedTrialTests {
    private func trial(_ pace: Pace) throws -> SpeedTrial {
        let files = try ModelFiles(model: checkout.appending(path: "models/colours/colours.yaml").path, card: nil)
        let image = try files.model.graph.imageInput()
        let input = try ModelInput(files.card.input, image, model: files.path)
        let compiler = try ModelCompiler(file: files.path)
        return try #require(SpeedTrial(files.model, input: input.pictureInput, compiler: compiler, pace: pace))
    }

    @Test(arguments: [Pace.video, .live])
    func waysToShareTheCoresGiveTheSameScores(pace: Pace) throws {
        let entrants = [PerformanceHint.throughput, .latency].map { EngineOptions(hint: $0) }
        let contest = try #require(try trial(pace).contest(entrants))
        #expect(contest.entrants.map(\.name) == ["several at once", "all cores for one"])
        #expect(contest.entrants.allSatisfy { $0.agrees && $0.milliseconds > 0 })
    }

    @Test func precisionsAreCompared() throws {
        let entrants = ["f32", "bf16", "f16"].map { EngineOptions(precision: $0) }
        let contest = try #require(try trial(.picture).contest(entrants))
        #expect(contest.entrants.map(\.name) == ["f32", "bf16", "f16"])
        #expect(contest.entrants[0].agrees && contest.entrants[1].agrees)
    }

    @Test func anUnknownPrecisionNeverWins() throws {
        let entrants = ["f32", "f33"].map { EngineOptions(precision: $0) }
        let contest = try #require(try trial(.picture).contest(entrants))
        #expect(contest.entrants[1].name == "f33" && !contest.entrants[1].agrees)
    }
}
