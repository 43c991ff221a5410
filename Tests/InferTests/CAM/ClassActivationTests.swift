import Pipeline
import Testing

@testable import Infer
@testable import ONNX

struct ClassActivationTests {
    private func activation(
        _ layout: TensorLayout, kind: CAMHead.Kind = .dense, weights: [Float] = CAMGolden.weights, bias: [Float] = [0.5]
    ) -> ClassActivation {
        let head = CAMHead(
            kind: kind, target: "A", layout: layout, logits: "y", activation: .none, output: "y", weights: weights,
            bias: bias, classes: nil, channels: CAMGolden.channels, requiredPoolSize: nil, isQuantised: false,
            description: "golden")
        return ClassActivation(
            head: head, channels: CAMGolden.channels, height: CAMGolden.height, width: CAMGolden.width)
    }

    /// The golden activations as `[height, width, channels]`.
    private var channelsLast: [Float] {
        (0..<16).flatMap { place in (0..<5).map { CAMGolden.activations[$0 * 16 + place] } }
    }

    private func map(_ activation: ClassActivation, _ values: [Float], classID: Int = 0) -> [Float] {
        var map = [Float](repeating: .nan, count: activation.area)
        values.withUnsafeBufferPointer { activation.map(of: .score(classID), $0, into: &map) }
        return map
    }

    // The golden map has six digits.
    @Test func theDenseMapMatchesTheReference() {
        let map = map(activation(.channelsFirst), CAMGolden.activations)
        #expect(zip(map, CAMGolden.map).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func theDenseMapIsTheSameWithChannelsLast() {
        let map = map(activation(.channelsLast), channelsLast)
        #expect(zip(map, CAMGolden.map).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test(arguments: [TensorLayout.channelsFirst, .channelsLast])
    func aClassMapIsTheClasssChannel(layout: TensorLayout) {
        let values = layout == .channelsFirst ? CAMGolden.activations : channelsLast
        let map = map(activation(layout, kind: .classMaps, weights: [], bias: []), values, classID: 3)
        #expect(map == Array(CAMGolden.activations[48..<64]))
    }

    @Test(arguments: [TensorLayout.channelsFirst, .channelsLast])
    func aSumOfScoresHasTheSumOfTheirMaps(layout: TensorLayout) {
        let values = layout == .channelsFirst ? CAMGolden.activations : channelsLast
        let target = 2 * ExplanationTarget.score(1) - 0.5 * .score(0)
        let own = activation(
            layout, weights: CAMGolden.weights + CAMGolden.weights.map { 1 - $0 }, bias: [0.5, -0.5])
        for activation in [own, activation(layout, kind: .classMaps, weights: [], bias: [])] {
            var found = [Float](repeating: .nan, count: activation.area)
            values.withUnsafeBufferPointer { activation.map(of: target, $0, into: &found) }
            let expected = zip(map(activation, values, classID: 1), map(activation, values, classID: 0)).map {
                2 * $0 - $1 / 2
            }
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func meanPlusBiasMustBeTheLogit() {
        let activation = activation(
            .channelsFirst, weights: CAMGolden.weights + CAMGolden.weights, bias: [0.5, -0.5])
        let mean = CAMGolden.map.reduce(0, +) / 16
        func mismatch(_ logits: [Float]) -> Int? {
            CAMGolden.activations.withUnsafeBufferPointer { values in
                logits.withUnsafeBufferPointer {
                    activation.mismatch(among: [0, 1], values, logits: $0, tolerance: 1e-3)?.classID
                }
            }
        }
        #expect(mismatch([mean + 0.5, mean - 0.5]) == nil)
        #expect(mismatch([mean + 0.5, mean - 0.49]) == 1)
        #expect(mismatch([.nan, mean - 0.5]) == 0)
    }
}
