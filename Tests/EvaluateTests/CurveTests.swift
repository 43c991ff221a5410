import Testing

@testable import Evaluate

/// Insertion and deletion of models that are sums.
struct CurveTests {
    /// The share of a picture's light that is left.
    private func scorer(_ width: Int) -> HandScorer {
        HandScorer(channels: 1, height: 1, width: width) { Double($0.reduce(0, +)) }
    }

    private func curves(
        _ values: [Float], heat: [Float], steps: Int
    ) throws -> (insertion: PerturbationCurve, deletion: PerturbationCurve) {
        let picture = InputPicture(channels: 1, height: 1, width: values.count, values: values)
        // From nothing, as torch-cam's example.
        let nothing = InputPicture(
            channels: 1, height: 1, width: values.count, values: [Float](repeating: 0, count: values.count))
        let trial = InsertionDeletion(
            picture, blurred: nothing, order: HeatOrder(area: heat.count, seed: 1)(heat), steps: steps)
        let ends = CurveEnds(picture: picture, blurred: nothing)
        let found = try scorer(values.count).probabilities(of: [ends, trial], classID: 0)
        return trial.curves(found[1], ends: ends.outcome(found[0]))
    }

    private func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    /// torch-cam's own tests: a classifier that adds up.
    @Test func aSumIsMeasuredAsByTorchCAM() throws {
        let (insertion, deletion) = try curves([0.4, 0.3, 0.2, 0.1], heat: [4, 3, 2, 1], steps: 2)
        #expect(isClose(deletion.probabilities, [1, 0.3, 0]) && abs(deletion.area - 0.4) < 1e-6)
        #expect(isClose(insertion.probabilities, [0, 0.7, 1]) && abs(insertion.area - 0.6) < 1e-6)
    }

    @Test func aLastStepThatIsSmallerCountsForLess() throws {
        let (insertion, deletion) = try curves([0.3, 0.25, 0.2, 0.15, 0.1], heat: [5, 4, 3, 2, 1], steps: 3)
        #expect(isClose(deletion.fractions, [0, 0.4, 0.8, 1]))
        #expect(abs(deletion.area - 0.41) < 1e-6 && abs(insertion.area - 0.59) < 1e-6)
    }

    @Test func theOrderOfHeatIsThatOfItsNumbers() {
        let order = HeatOrder(area: 6, seed: 1)
        #expect(order([-1, 3, 0.5, -2, 1e-9, 7]) == [5, 1, 2, 4, 0, 3])
    }

    @Test func equallyHotPlacesComeInAnOrderThatIsNoPlaces() {
        let heat = [Float](repeating: 0.5, count: 1000)
        let one = HeatOrder(area: 1000, seed: 1)(heat)
        #expect(one == HeatOrder(area: 1000, seed: 1)(heat) && one != HeatOrder(area: 1000, seed: 2)(heat))
        #expect(one.sorted() == (0..<1000).map { $0 })
        // The mean place of the first half: four standard errors.
        let mean = Double(one.prefix(500).reduce(0, +)) / 500
        #expect(abs(mean - 499.5) < 4 * 289 / 500.0.squareRoot())
        #expect(HeatOrder(area: 4, seed: 3)([0, -0, 0, -0]) == HeatOrder(area: 4, seed: 3)([0, 0, 0, 0]))
    }

    @Test func aTrialMayHaveNoVariants() throws {
        let (insertion, deletion) = try curves([0.5, 0.5], heat: [1, 2], steps: 1)
        #expect(isClose(deletion.probabilities, [1, 0]) && isClose(insertion.probabilities, [0, 1]))
    }
}
