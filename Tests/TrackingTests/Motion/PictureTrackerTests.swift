import Foundation
import MotionScenes
import Pipeline
import Testing

@testable import Tracking

/// Pictures that are noted by one and asked about by others.
struct PictureTrackerTests {
    private func tracker(_ motion: MotionCase) throws -> PictureTracker {
        PictureTracker(
            MotionTrail(
                try #require(
                    MotionSearch(width: motion.width, height: motion.height, channels: motion.channels))))
    }

    private func note(_ picture: [UInt8], _ tracker: PictureTracker, part: Int = 0, isSearched: Bool = true)
        -> PictureMark
    {
        picture.withUnsafeBytes { tracker.note($0, part: part, isSearched: isSearched) }
    }

    @Test func aSceneEndsWithACutOrAPartAndNotByMotion() throws {
        let motion = MotionCase.pan(0.2, 0.1)
        let tracker = try tracker(motion)
        let marks =
            (0..<3).map { note(motion.picture($0), tracker) }
            + (0..<2).map { _ in note([UInt8](repeating: 250, count: 112 * 112), tracker) }
            + [note(motion.picture(3), tracker)]
            + [note(motion.picture(4), tracker, part: 1), note(motion.picture(5), tracker, part: 1)]
        #expect(marks.map(\.scene) == [0, 0, 0, 1, 1, 2, 3, 3])
        #expect(marks.map(\.number) == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test func aPictureThatNobodySearchesIsNotOnTheTrail() throws {
        let motion = MotionCase.pan(0.2, 0.1)
        let tracker = try tracker(motion)
        #expect(note(motion.picture(0), tracker, isSearched: false) == PictureMark(number: nil, scene: 0))
        #expect(note(motion.picture(1), PictureTracker(nil)) == PictureMark(number: nil, scene: 0))
        #expect(note(motion.picture(1), tracker) == PictureMark(number: 0, scene: 0))
    }

    @Test func theTrailIsAskedWhilePicturesAreNoted() throws {
        let motion = MotionCase.pan(3, 0)
        let pictures = (0..<40).map(motion.picture)
        let before = try #require(try tracker(motion).trail)
        for picture in pictures { picture.withUnsafeBytes { _ = before.note($0) } }
        var expected = before.makeRoute()
        let isKnown = expected.find(from: 2, to: 9)
        #expect(isKnown)
        let trail = try #require(try tracker(motion).trail)
        for picture in pictures[..<10] { picture.withUnsafeBytes { _ = trail.note($0) } }
        // Two threads ask and one notes, all at once.
        let found = Results()
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            if worker == 0 {
                for picture in pictures[10...] { picture.withUnsafeBytes { _ = trail.note($0) } }
            } else {
                var route = trail.makeRoute()
                for _ in 0..<200 where route.find(from: 2, to: 9) { found.add(route.field) }
            }
        }
        let field = expected.field
        #expect(found.count == 400 && found.all { $0 == field })
    }

    private final class Results: @unchecked Sendable {  // safe: all is behind the lock
        private let lock = NSLock()
        private var fields: [MotionField] = []
        func add(_ field: MotionField) { lock.withLock { fields.append(field) } }
        var count: Int { fields.count }
        func all(_ test: (MotionField) -> Bool) -> Bool { fields.allSatisfy(test) }
    }

    @Test func mapsStayWhereTheyAreWhereNobodyKnowsTheWay() throws {
        let motion = MotionCase.pan(0.2, 0.1)
        let tracker = try tracker(motion)
        var follower = MapFollower(try #require(tracker.trail))
        let heatmap = Heatmap(
            height: 1, width: 2, values: [1, 0], region: Region(x: 0, y: 0, width: 112, height: 112))
        let maps = [Observation(prediction: Prediction(classID: 0, label: "", probability: 1), heatmap: heatmap)]
        let first = note(motion.picture(0), tracker)
        tracker.forget()
        let second = note(motion.picture(1), tracker)
        let overGap = follower.follow(maps, from: first, to: second)
        let unsearched = follower.follow(maps, from: PictureMark(number: nil, scene: 0), to: second)
        #expect(overGap == maps && unsearched == maps)
        let moved = follower.follow(maps, from: second, to: note(motion.picture(2), tracker))
        #expect(moved != maps)
        let elsewhere = follower.follow(maps, from: second, to: PictureMark(number: nil, scene: 1))
        #expect(elsewhere.isEmpty)
    }
}
