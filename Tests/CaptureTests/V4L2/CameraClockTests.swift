import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct CameraClockTests {
    private static let start: Int64 = 50_000_000

    @Test func theDriversTimeIsTakenAndMappedToTheWallOnce() {
        var clock = CameraClock(monotonic: Self.start, wall: 1_700_000_000_000_000)
        let time = clock.time(stamp: Self.start + 33_000, now: Self.start + 40_000)
        #expect(time == CaptureTime(monotonic: Self.start + 33_000, wall: 1_700_000_000_033_000))
        #expect(clock.guessed == 0)
    }

    @Test func aWallClockThatIsSetIsFollowed() throws {
        let camera = ScriptedCamera([:])
        var clock = CameraClock(monotonic: camera.monotonicTime, wall: 1_500_000_000_000_000)
        #expect(clock.time(monotonic: camera.monotonicTime).wall == 1_500_000_000_000_000)
        clock.follow(camera)
        #expect(clock.time(monotonic: camera.monotonicTime).wall == camera.wallTime)
    }

    @Test(arguments: [
        nil,  // none
        0,
        start - 2_000_000,  // long before the stream
        start + 90_000,  // in the future
        .max,
    ])
    func aWrongTimeIsReplacedByTheTimeOfDequeue(stamp: Int64?) {
        var clock = CameraClock(monotonic: Self.start, wall: 0)
        #expect(clock.time(stamp: stamp, now: Self.start + 40_000).monotonic == Self.start + 40_000)
        #expect(clock.guessed == 1)
    }

    @Test func timesRise() {
        var clock = CameraClock(monotonic: Self.start, wall: 0)
        #expect(clock.time(stamp: Self.start + 10, now: Self.start + 20).monotonic == Self.start + 10)
        // Twice the same.
        #expect(clock.time(stamp: Self.start + 10, now: Self.start + 30).monotonic == Self.start + 30)
        #expect(clock.time(stamp: Self.start + 25, now: Self.start + 30).monotonic == Self.start + 31)
        #expect(clock.guessed == 2)
    }

    @Test func exposureMayHaveBegunBeforeTheStream() {
        var clock = CameraClock(monotonic: Self.start, wall: 0)
        #expect(clock.time(stamp: Self.start - 100, now: Self.start + 10).monotonic == Self.start - 100)
    }

    @Test func picturesAreNumberedAndTimedFromZeroOverALoss() {
        var timeline = LiveTimeline(frameRate: AVRational(num: 30, den: 1))
        let times: [Int64] = [7_000_000, 7_040_000, 27_000_000].map { $0 + Self.start }
        let placed = times.map { timeline.place(CaptureTime(monotonic: $0, wall: 0)) }
        #expect(placed.map(\.index) == [0, 1, 2])
        #expect(placed.map(\.pts) == [0, 40_000, 20_000_000])
        #expect(placed.map(\.duration) == [33_333, 33_333, 33_333])
    }
}
