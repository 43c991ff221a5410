import Pipeline
import Testing

@testable import Live

@Suite struct ClockStepsTests {
    @Test func aStepIsToldOnceAndDriftIsNot() {
        var steps = ClockSteps()
        func note(_ monotonic: Int64, ahead: Int64) -> String? {
            steps.note(CaptureTime(monotonic: monotonic, wall: 1_795_262_400_000_000 + monotonic + ahead))
        }
        #expect(note(0, ahead: 0) == nil)
        #expect(note(40_000, ahead: 300_000) == nil)
        #expect(steps.note(nil) == nil)
        #expect(note(80_000, ahead: 3_600_300_000)?.hasPrefix("the clock was set ahead by 3600.0 s: it is ") == true)
        #expect(note(120_000, ahead: 3_600_300_000) == nil)
        #expect(note(160_000, ahead: 600_300_000)?.hasPrefix("the clock was set back by 3000.0 s: it is ") == true)
    }
}
