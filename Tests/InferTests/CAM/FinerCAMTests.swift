import Foundation
import Pipeline
import Testing

@testable import Infer

struct FinerCAMTests {
    private let scores: [Float] = [1, 2.5, -3, 2, 0.5, 7]

    /// y_c - α Σ_t q_t y_t with t the three classes nearest to c.
    private func target(_ scores: [Double], classID: Int, nearest: [Int], strength: Double) -> Double {
        let weights = nearest.map { exp(scores[$0]) }
        let total = weights.reduce(0, +)
        return scores[classID]
            - strength * zip(nearest, weights).reduce(0) { $0 + scores[$1.0] * $1.1 / total }
    }

    @Test func theSeedIsTheTargetsDerivative() {
        let seed = FinerCAM.contrast(.score(1), scores: scores, strength: 0.8).seed(6)
        let nearest = [3, 0, 4]
        for index in scores.indices {
            let values = [1e-5, -1e-5].map { step in
                var moved = scores.map { Double($0) }
                moved[index] += step
                return target(moved, classID: 1, nearest: nearest, strength: 0.8)
            }
            #expect(abs(Double(seed[index]) - (values[0] - values[1]) / 2e-5) < 1e-5, "class \(index)")
        }
    }

    @Test func withoutStrengthItIsGradCAM() {
        #expect(FinerCAM.contrast(.score(2), scores: scores, strength: 0) == .score(2))
    }

    @Test func twoClassesAreEnough() {
        #expect(FinerCAM.contrast(.score(0), scores: [3, 1], strength: 1) == .difference(0, from: 1))
    }

    @Test func classesThatATargetTakesOffAreTheOnesToCompareWith() {
        let target = ExplanationTarget.difference(1, from: 5)
        #expect(FinerCAM.contrast(target, scores: scores, strength: 0.8) == target)
    }
}
