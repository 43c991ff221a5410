import Foundation
import Testing

@testable import Fit

struct TemperatureTests {
    @Test func twoOfThreeRightMakesTwoThirds() {
        // A difference of 5 says 99 %; 200 of 300 are right.
        let scores = (0..<300).flatMap { _ -> [Float] in [5, 0] }
        let temperature = Temperature(scores, (0..<300).map { $0 % 3 == 0 ? 1 : 0 }, classes: 2)
        #expect(abs(1 / (1 + exp(-5 / temperature.value)) - 2.0 / 3) < 0.002)
    }

    @Test func fewExamplesThatAreAllRightDoNotMakeItSure() {
        let scores = (0..<8).flatMap { _ -> [Float] in [3, 0] }
        let temperature = Temperature(scores, [Int](repeating: 0, count: 8), classes: 2)
        // 9 of 10, as Platt counts.
        #expect(abs(1 / (1 + exp(-3 / temperature.value)) - 0.9) < 1e-6)
    }

    @Test(arguments: [Float(0), 1e-4, 1e4])
    func anyScoresGiveATemperature(size: Float) {
        let scores = (0..<40).flatMap { row -> [Float] in [row % 2 == 0 ? size : -size, 0] }
        let temperature = Temperature(scores, (0..<40).map { $0 % 4 == 0 ? 1 : $0 % 2 }, classes: 2)
        #expect(temperature.value.isFinite && temperature.value > 0)
        #expect(temperature.logLoss.isFinite)
    }

    @Test func scoresThatSayTheOppositeAreTakenBack() {
        let scores = (0..<40).flatMap { _ -> [Float] in [5, 0] }
        let temperature = Temperature(scores, [Int](repeating: 1, count: 40), classes: 2)
        #expect(temperature.value >= 999, "as good as no score at all")
    }
}
