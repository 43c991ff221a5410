import Foundation
import Testing

@testable import Fit

struct EvaluationTests {
    /// Probability of class 1 of two.
    private static func scores(_ probabilities: [Double]) -> [Float] {
        probabilities.flatMap { probability -> [Float] in [0, Float(log(probability / (1 - probability)))] }
    }

    @Test func theSurestErrorsComeFirst() {
        let evaluation = Evaluation(
            scores: Self.scores([0.9, 0.2, 0.6, 0.99, 0.7]), labels: [0, 0, 0, 0, 1], classes: 2)
        #expect(evaluation.errors.map(\.example) == [3, 0, 2])
        #expect(evaluation.right == 2)
        let worst = evaluation.errors[0]
        #expect((worst.label, worst.predicted) == (0, 1))
        #expect(abs(worst.probability - 0.99) < 1e-6)
        #expect(abs(worst.trueProbability - 0.01) < 1e-6)
    }

    @Test func seventyFivePercentThatIsRightInThreeOfFourIsNoError() {
        let evaluation = Evaluation(
            scores: Self.scores([Double](repeating: 0.75, count: 12)), labels: (0..<12).map { $0 % 4 == 0 ? 0 : 1 },
            classes: 2)
        #expect(evaluation.calibration.error! < 1e-6)
        #expect(evaluation.calibration.bins.count == 15)
        #expect(evaluation.calibration.bins[11].count == 12, "above 11 / 15, at most 12 / 15")
        #expect(evaluation.calibration.bins[10].accuracy == nil)
    }

    @Test func certaintyAndChanceHaveABin() {
        let calibration = Calibration([(1, true), (0, false), (1.0 / 15, true)])
        #expect(calibration.bins[14].count == 1)
        #expect(calibration.bins[0].count == 2)
        #expect(Calibration([]).error == nil)
    }

    @Test func aScoreThatIsOutOfAllProportionIsStillANumber() {
        let evaluation = Evaluation(scores: [1e30, 0], labels: [1], classes: 2)
        #expect(evaluation.logLoss.isFinite)
        #expect(evaluation.answers[0].probability == 1)
    }
}
