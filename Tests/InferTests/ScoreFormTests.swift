import Engine
import Foundation
import ONNX
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// Classifiers that give one score, and other forms of scores, through the real engine.
struct ScoreFormTests {
    private let format = Pictures.format(64, 64)

    private func explained(
        _ model: String, _ configure: (inout InferConfig) throws -> Void = { _ in }
    ) throws -> (top: [Prediction], maps: [(label: String, raw: [Float])], notes: [String]) {
        var config = InferConfig()
        config.model = Fixtures.model(model)
        config.precision = .f32
        config.smoothing = 0
        config.scale = .frame
        try configure(&config)
        let explainer = try Explainer(config, format: format, mapCount: 5)
        explainer.keepsRawMaps = true
        try explainer.submit(try Pictures.rectangle(format, (230, 30, 30), x: 10..<40, y: 10..<40))
        let next = try explainer.next()
        guard let next else { throw NothingCame() }
        return (next.top, next.observations.map { ($0.prediction.label, $0.raw ?? []) }, explainer.notes)
    }
    private struct NothingCame: Error {}

    /// The first of the three scores of the same network is what these give.
    private func logit() throws -> (score: Float, map: [Float]) {
        let sigmoid = try explained("sigmoid") { $0.explainedClass = "0" }
        let prediction = try #require(sigmoid.top.first { $0.classID == 0 })
        return (log(prediction.probability / (1 - prediction.probability)), sigmoid.maps[0].raw)
    }

    @Test(arguments: ["one_logit", "one_sigmoid", "one_squeezed", "one_scalar", "threshold"])
    func oneScoreIsTwoClassesWithOppositeMaps(_ model: String) throws {
        let expected = try logit()
        let seen = try explained(model)
        #expect(seen.top.count == 2)
        let positive = try #require(seen.top.first { $0.label == "positive" })
        let negative = try #require(seen.top.first { $0.label == "negative" })
        #expect(positive.classID == 1 && abs(positive.probability - 1 / (1 + exp(-expected.score))) < 1e-4)
        #expect(abs(positive.probability + negative.probability - 1) < 1e-5)
        let maps = Dictionary(uniqueKeysWithValues: seen.maps.map { ($0.label, $0.raw) })
        let (own, opposite) = (try #require(maps["positive"]), try #require(maps["negative"]))
        #expect(zip(own, expected.map).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(own, opposite).allSatisfy { abs($0 + $1) < 1e-5 })
        #expect(seen.notes.contains { $0.hasPrefix("one score") })
    }

    @Test func aMapOfItsOwnIsShownWithBothSigns() throws {
        let seen = try explained("one_map")
        #expect(zip(seen.maps[0].raw, seen.maps[1].raw).allSatisfy { abs($0 + $1) < 1e-5 })
    }

    @Test(arguments: ["gradcam", "scorecam", "finercam", "reciprocam", "rise", "saliency", "shapleycam", "fullgrad"])
    func methodsTakeOneScore(_ method: String) throws {
        let seen = try explained("one_sigmoid") {
            $0.method = MethodName(rawValue: method)!
            $0.methodOptions.samples = 8
        }
        #expect(seen.maps.count == 2 && seen.maps.allSatisfy { $0.raw.allSatisfy(\.isFinite) })
    }

    @Test func namesOfTwoClassesStandInTheOrderOfTheirNumbers() throws {
        let folder = try TemporaryFolder()
        for (labels, names) in [("[cat, dog]", ["cat", "dog"]), ("[defect]", ["not defect", "defect"])] {
            let card = try folder.write("labels: \(labels)".utf8, to: "card.yaml")
            let seen = try explained("one_sigmoid") { $0.card = card }
            #expect(seen.top.sorted { $0.classID < $1.classID }.map(\.label) == names)
        }
    }

    @Test(arguments: ["unbatched", "middle_axis"])
    func otherShapesOfSeveralScoresAreTheSameScores(_ model: String) throws {
        let (plain, seen) = (try explained("gap_gemm"), try explained(model))
        #expect(seen.top.map(\.classID) == plain.top.map(\.classID))
        #expect(zip(seen.top, plain.top).allSatisfy { abs($0.probability - $1.probability) < 1e-5 })
    }

    @Test func namesOfALabelEncoderAreLabels() throws {
        let seen = try explained("zipmap")
        #expect(Set(seen.top.map(\.label)) == ["red", "green", "blue"])
        #expect(seen.notes.contains { $0.contains("before ArgMax") })
    }

    @Test func aChosenOutputIsExplained() throws {
        #expect(throws: InferError.self) { try explained("two_heads") }
        #expect(try explained("two_heads") { $0.outputTensor = "gender" }.top.count == 2)
        let folder = try TemporaryFolder()
        let card = try folder.write("output: logits".utf8, to: "card.yaml")
        #expect(try explained("two_heads") { $0.card = card }.top.count == 3)
        #expect(
            try explained("two_heads") {
                $0.card = card
                $0.outputTensor = "gender"
            }.top.count == 2)
    }
}
