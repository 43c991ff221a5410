import MotionScenes
import Testing

@testable import Tracking

/// Motion over several pictures, in samples of a picture that is 112 wide.
struct MotionTrailTests {
    private func trail(_ motion: MotionCase, pictures: Int) throws -> MotionTrail {
        let trail = MotionTrail(
            try #require(MotionSearch(width: motion.width, height: motion.height, channels: motion.channels)))
        for number in 0..<pictures { note(motion.picture(number), trail) }
        return trail
    }

    private func note(_ picture: [UInt8], _ trail: MotionTrail) {
        picture.withUnsafeBytes { _ = trail.note($0) }
    }

    private func find(_ trail: MotionTrail, from first: Int, to last: Int) -> MotionField? {
        var route = trail.makeRoute()
        return route.find(from: first, to: last) ? route.field : nil
    }

    /// Of the middle of the picture.
    private func shift(_ field: MotionField) -> Float { field.dx[field.count / 2 + field.columns / 2] * 112 }

    @Test func stepsAddUpFromAnyPictureToAnyLaterOne() throws {
        let trail = try trail(.pan(2, 0), pictures: 8)
        for (first, last) in [(0, 7), (2, 3), (1, 5)] {
            let field = try #require(find(trail, from: first, to: last))
            #expect(abs(shift(field) - 2 * Float(last - first)) < 0.3)
        }
        #expect(find(trail, from: 4, to: 4)?.isIdentity == true)
    }

    @Test func aPictureThatIsTooLongAgoIsForgotten() throws {
        let trail = try trail(.pan(0.5, 0), pictures: MotionTrail.depth + 10)
        let last = MotionTrail.depth + 9
        #expect(find(trail, from: 0, to: last) == nil && find(trail, from: 9, to: last) == nil)
        #expect(find(trail, from: 10, to: last) != nil && find(trail, from: last - 1, to: last) != nil)
    }

    @Test func nothingIsKnownAcrossACutOrAGap() throws {
        let motion = MotionCase.pan(1, 0)
        let trail = try trail(motion, pictures: 2)
        note([UInt8](repeating: 20, count: 112 * 112), trail)
        note(motion.picture(0), trail)
        note(motion.picture(1), trail)
        #expect(trail.explainedShare > 0.9)
        #expect(find(trail, from: 0, to: 1) != nil && find(trail, from: 3, to: 4) != nil)
        #expect(find(trail, from: 1, to: 3) == nil && find(trail, from: 0, to: 4) == nil)
        trail.forget()
        note(motion.picture(2), trail)
        #expect(trail.explainedShare == 0)
        #expect(find(trail, from: 4, to: 5) == nil)
    }
}
