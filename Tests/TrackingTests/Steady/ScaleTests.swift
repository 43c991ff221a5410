import Pipeline
import Testing

@testable import Tracking

/// What full heat is: of a frame, over time, fixed; and how sure the classifier must be.
struct ScaleTests {
    @Test(
        arguments: [
            ("frame", .frame), ("running", .running), ("fixed:0,12", .fixed(low: 0, high: 12)),
            ("fixed:-1.5, 2e1", .fixed(low: -1.5, high: 20)), ("fixed:1,1", nil), ("fixed:2,1", nil), ("fixed:1", nil),
            ("fixed", nil), ("fixed:0,inf", nil), ("fixed:0,nan", nil), ("fixed:a,b", nil), ("min-max", nil), ("", nil),
            ("fixed:0,1,2", nil),
        ] as [(String, ScaleChoice?)])
    func aChoiceIsReadAndWritten(text: String, choice: ScaleChoice?) {
        #expect(ScaleChoice(text) == choice)
        if let choice { #expect(ScaleChoice(choice.text) == choice) }
    }

    @Test(arguments: [1, 5, 49, 100, 169, 1000, 50_000], [0, 0.01, 0.5])
    func aHighValueIsThatOfTheSortedMap(count: Int, share: Double) {
        var highValue = HighValue()
        var state: UInt32 = 5
        for round in 0..<20 {
            // Many equal ones in every other round.
            let values = (0..<count).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return Float(state >> (round.isMultiple(of: 2) ? 30 : 8))
            }
            #expect(highValue(values, above: share) == values.sorted(by: >)[Int(share * Double(count))])
        }
    }

    @Test func whatIsNoNumberDoesNotKeepAHighValueFromBeingFound() {
        var highValue = HighValue()
        var values = (0..<10_000).map { Float($0) }
        (values[0], values[1], values[2]) = (.nan, 0, -1)
        #expect(highValue(values, above: 0.01) == 9899)
        values[0] = .infinity
        #expect(highValue(values, above: 0.01) == 9900)
    }

    @Test func aFramesOwnScaleIsThatOfItsMethodsTraits() {
        var cam = FrameScale(MapTraits())
        #expect(cam([-1, 3, 2]) == ColourScale(low: 0, high: 3))
        var score = FrameScale(MapTraits(zero: .lowest))
        #expect(score([-1, 3, 2]) == ColourScale(low: -1, high: 3))
        var pixels = FrameScale(MapTraits(saturatedShare: 0.01))
        #expect(pixels((0..<200).map { Float($0) }) == ColourScale(low: 0, high: 197))
        // Over time, one place of a hundred may be hotter with any method.
        #expect(cam((0..<200).map { Float($0) }, above: 0.01) == ColourScale(low: 0, high: 197))
    }

    @Test func aFrameWithoutEvidenceIsCold() {
        var values: [Float] = [-2, -1, -3]
        FrameScale.apply(ColourScale(low: 0, high: -1), to: &values)
        #expect(values == [0, 0, 0])
        values = [-2, 1, 4]
        FrameScale.apply(ColourScale(low: 0, high: 2), to: &values)
        #expect(values == [0, 0.5, 1])
    }

    @Test func convictionGrowsFromChanceToCertainty() {
        let conviction = Conviction(classes: 1000, isClassDiscriminative: true)
        #expect(conviction(1) == 1)
        #expect(conviction(0.001) == Conviction.least && conviction(1e-9) == Conviction.least)
        #expect(conviction(0) == Conviction.least)
        #expect(abs(conviction(0.5) - 0.81) < 0.01 && abs(conviction(0.1) - 0.44) < 0.01)
        #expect(conviction(0.003) < 0.03)
        // Of two classes, 0.5 is what knows nothing says.
        #expect(Conviction(classes: 2, isClassDiscriminative: true)(0.5) == Conviction.least)
        #expect(Conviction(classes: 1000, isClassDiscriminative: false)(0.001) == 1)
    }

    private func step(
        _ scale: inout RunningScale, span: Float, low: Float = 0, conviction: Float = 1, frames: Int, rate: Double = 30
    ) -> ColourScale {
        var shown = ColourScale(low: 0, high: 0)
        for _ in 0..<frames {
            shown = scale.update(low: low, span: span, conviction: conviction, after: 1 / rate)
        }
        return shown
    }

    @Test func theScaleRisesQuicklyAndSinksSlowlyAtAnyFrameRate() {
        for rate in [10.0, 30, 60] {
            var scale = RunningScale()
            #expect(scale.update(low: 0, span: 4, conviction: 1, after: 0) == ColourScale(low: 0, high: 4))
            // After two attack times 86 % of the way, on a logarithmic scale: 4 · 4^0.865.
            let up = step(&scale, span: 16, frames: Int(0.3 * rate), rate: rate)
            #expect(abs(up.high - 13.26) < 0.02, "\(rate)")
            _ = step(&scale, span: 16, frames: Int(3 * rate), rate: rate)
            let down = step(&scale, span: 4, frames: Int(1.5 * rate), rate: rate)
            // 16 · 4^-0.632.
            #expect(abs(down.high - 6.66) < 0.02, "\(rate)")
        }
    }

    @Test func aUnitChangesNothing() {
        var (one, other) = (RunningScale(), RunningScale())
        for frame in 0..<40 {
            let span = Float(1 + frame % 7)
            let small = one.update(low: 0, span: span, conviction: 0.5, after: 0.04)
            let large = other.update(low: 0, span: span * 1024, conviction: 0.5, after: 0.04)
            #expect(abs(small.high * 1024 - large.high) < 1e-2 * small.high)
        }
    }

    @Test func anUnlikelyClassIsFaintAndNothingIsCold() {
        var scale = RunningScale()
        var heat: [Float] = [0, 2, 4]
        RunningScale.apply(scale.update(low: 0, span: 4, conviction: 0.01, after: 0), to: &heat)
        #expect(heat.max()! < 0.011)
        // It appears: full heat within a few tenths of a second, without the slow release.
        heat = [0, 2, 4]
        RunningScale.apply(step(&scale, span: 4, frames: 12), to: &heat)
        #expect(heat[2] > 0.8)
        // It goes, and what is left of the map is not blown up.
        heat = [0, 0.5, 1]
        RunningScale.apply(step(&scale, span: 1, conviction: 0.01, frames: 30), to: &heat)
        #expect(heat[2] < 0.02)
    }

    @Test func withoutEvidenceTheScaleStaysAndTheMapIsCold() {
        var scale = RunningScale()
        var heat: [Float] = [-1, -2]
        let none = scale.update(low: 0, span: -1, conviction: 1, after: 0)
        RunningScale.apply(none, to: &heat)
        #expect(none == ColourScale(low: 0, high: 0) && heat == [0, 0])
        _ = scale.update(low: 0, span: 5, conviction: 1, after: 0.1)
        #expect(abs(step(&scale, span: 0, frames: 30).high - 5) < 1e-5)
        #expect(abs(step(&scale, span: .nan, frames: 1).high - 5) < 1e-5)
    }

    @Test func whatLiesAboveTheScaleKeepsItsOrder() {
        var heat: [Float] = [10, 10.1, 20, 40, 5]
        RunningScale.apply(ColourScale(low: 0, high: 10), to: &heat)
        #expect(heat[0] == RunningScale.knee && heat[0] < heat[1] && heat[1] < heat[2] && heat[2] < heat[3])
        #expect(heat[3] < 1 && abs(heat[4] - 0.49) < 1e-6)
    }
}
