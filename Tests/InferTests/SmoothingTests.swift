import Testing

@testable import Infer

struct SmoothingTests {
    /// A map that steps from 0 to 1 at 1 s, sampled at some times, smoothed with τ = 0.5 s.
    private func afterStep(at times: [Double]) -> Float {
        var smoothing = Smoothing(timeConstant: 0.5)
        var map: [Float] = [0]
        smoothing.smooth(&map, ofClass: 3, at: 1)
        for time in times {
            map = [1]
            smoothing.smooth(&map, ofClass: 3, at: time)
        }
        return map[0]
    }

    @Test func aStepIsFollowedWithTheTimeConstantAtAnyFrameRate() {
        // 1 - exp(-0.5 / 0.5), whether in one step, at 10 fps or at irregular times.
        let expected: Float = 0.6321206
        #expect(abs(afterStep(at: [1.5]) - expected) < 1e-5)
        #expect(abs(afterStep(at: [1.1, 1.2, 1.3, 1.4, 1.5]) - expected) < 1e-5)
        #expect(abs(afterStep(at: [1.01, 1.37, 1.5]) - expected) < 1e-5)
    }

    @Test func zeroTurnsItOff() {
        var smoothing = Smoothing(timeConstant: 0)
        var map: [Float] = [0, 4]
        smoothing.smooth(&map, ofClass: 0, at: 0)
        map = [2, 1]
        smoothing.smooth(&map, ofClass: 0, at: 0.01)
        #expect(map == [2, 1])
    }

    @Test func classesKeepTheirOwnPast() {
        var smoothing = Smoothing(timeConstant: 1)
        var map: [Float] = [8]
        smoothing.smooth(&map, ofClass: 0, at: 0)
        map = [2]
        smoothing.smooth(&map, ofClass: 1, at: 0.1)
        #expect(map == [2])
    }

    @Test func aResetForgetsThePast() {
        var smoothing = Smoothing(timeConstant: 1)
        var map: [Float] = [8]
        smoothing.smooth(&map, ofClass: 0, at: 0)
        smoothing.reset()
        map = [2]
        smoothing.smooth(&map, ofClass: 0, at: 0.1)
        #expect(map == [2])
    }

    @Test func aStepBackInTimeStartsAfresh() {
        var smoothing = Smoothing(timeConstant: 1)
        var map: [Float] = [8]
        smoothing.smooth(&map, ofClass: 0, at: 10)
        map = [2]
        smoothing.smooth(&map, ofClass: 0, at: 9)
        #expect(map == [2])
    }
}
