import Testing

@testable import Tracking

struct SceneCutTests {
    private func cuts(_ pictures: [[UInt8]], explained: Float? = nil) -> [Bool] {
        var sceneCut = SceneCut()
        return pictures.map { picture in picture.withUnsafeBytes { sceneCut.isCut($0, explained: explained) } }
    }

    /// A ramp that a camera pans over by `offset` samples.
    private func panned(_ offset: Int) -> [UInt8] {
        (0..<3000).map { UInt8(truncatingIfNeeded: ($0 + offset) % 128) }
    }

    @Test func theFirstPictureIsNoCut() {
        #expect(cuts([panned(0)]) == [false])
    }

    @Test func anotherSceneIsACutOnce() {
        let dark = [UInt8](repeating: 20, count: 3000)
        let bright = [UInt8](repeating: 200, count: 3000)
        #expect(cuts([dark, dark, bright, bright]) == [false, false, true, false])
    }

    @Test func aSmallerJumpIsACutWhereNoMotionExplainsIt() {
        let pictures = [20, 20, 40, 40].map { [UInt8](repeating: $0, count: 3000) }
        #expect(cuts(pictures, explained: 0.5) == [false, false, true, false])
        #expect(!cuts(pictures, explained: 0.95).contains(true))
        #expect(!cuts(pictures).contains(true))
    }

    @Test func steadyMotionIsNoCut() {
        // Each step changes samples by about 40 levels: more than the threshold, but announced by the step before.
        let seen = cuts((0..<6).map { panned($0 * 60) })
        #expect(seen.dropFirst(2).allSatisfy { !$0 })
    }

    @Test func noiseIsNoCut() {
        var generator = SystemRandomNumberGenerator()
        let noisy = (0..<10).map { _ in (0..<3000).map { _ in UInt8(100 + generator.next(upperBound: UInt64(30))) } }
        #expect(!cuts(noisy).contains(true))
    }
}
