import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct ArrivalClockTests {
    private static let milliseconds = AVRational(num: 1, den: 1000)

    /// When pictures were taken, in milliseconds of a clock that starts at 0.
    ///
    /// - Parameter packets: time in the stream and of the arrival, in milliseconds.
    private func taken(_ packets: [(pts: Int64?, arrival: Int64)], hasTimes: Bool = true) -> [Int64] {
        var clock = ArrivalClock(timeBase: hasTimes ? Self.milliseconds : nil, ManualClock())
        return packets.map { packet in
            clock.note(pts: packet.pts, arrival: packet.arrival * 1000)
            return clock.time(ofPTS: packet.pts, now: packet.arrival * 1000).monotonic / 1000
        }
    }

    @Test func theNetworksJitterIsNotInTheTimes() {
        let delays: [Int64] = [20, 25, 90, 60, 21, 400, 300, 200, 100, 33]
        let packets = delays.enumerated().map { number, delay -> (pts: Int64?, arrival: Int64) in
            (Int64(number) * 40, 5000 + Int64(number) * 40 + delay)
        }
        #expect(taken(packets) == delays.indices.map { 5020 + Int64($0 * 40) })
    }

    @Test func noPictureIsTakenAfterItsArrival() {
        #expect(taken([(0, 1100), (40, 1120), (80, 1125), (120, 1165)]) == [1100, 1120, 1125, 1165])
    }

    @Test func whatStalledAndComesAtOnceKeepsItsTimes() {
        let times = (0..<110).map { Int64($0) * 100 }
        let packets = times.map { time -> (pts: Int64?, arrival: Int64) in
            (time, time < 1000 ? time : max(9000, time))
        }
        #expect(taken(packets) == times)
    }

    @Test func aSendersClockThatRunsFastOrSlowIsFollowed() {
        for drift in [0.999, 1.001] {
            let packets = (0..<3000).map { number -> (pts: Int64?, arrival: Int64) in
                (Int64(Double(number) * 40 * drift), Int64(number) * 40)
            }
            for (time, packet) in zip(taken(packets), packets) {
                // 5 s at a thousandth.
                #expect(abs(time - packet.arrival) <= 6)
            }
        }
    }

    @Test func aLongerWayIsFoundOutAfterSomeSeconds() throws {
        let packets = (0..<500).map { number -> (pts: Int64?, arrival: Int64) in
            let time = Int64(number) * 40
            return (time, number < 100 ? time : time + 700)
        }
        let times = taken(packets)
        #expect(times[100..<200].elementsEqual((100..<200).map { Int64($0 * 40) }))
        #expect(times[210...].elementsEqual((210..<500).map { Int64($0 * 40 + 700) }))
    }

    @Test func timesThatStartAgainOrJumpAreSetToTheClockAnew() {
        let times = taken([
            (90_000, 0), (90_040, 40), (0, 80), (40, 120), (5_000_000, 160), (5_000_040, 200), (80, 240), (120, 280),
        ])
        #expect(times == [0, 40, 80, 120, 160, 200, 240, 280])
    }

    @Test func picturesThatAreSentOutOfOrderKeepTheirPlaces() {
        // Each fourth picture is sent before the three that it comes after.
        let packets: [(pts: Int64?, arrival: Int64)] = [
            (0, 0), (160, 160), (40, 165), (80, 170), (120, 175), (320, 320),
        ]
        #expect(taken(packets) == [0, 160, 40, 80, 120, 320])
    }

    @Test func withoutTimesThePicturesAreTakenWhenTheyArrive() {
        #expect(taken([(0, 7), (40, 100), (80, 101)], hasTimes: false) == [7, 100, 101])
        #expect(taken([(0, 100), (nil, 150), (80, 180)]) == [100, 150, 180])
    }

    @Test func theWallClockIsAskedOnce() {
        let time = ManualClock()
        var clock = ArrivalClock(timeBase: Self.milliseconds, time)
        clock.note(pts: 0, arrival: ManualClock.start + 2_000_000)
        #expect(clock.time(ofPTS: 0, now: 0) == StreamBench.at(2))
    }

    @Test func aWallClockThatIsSetIsFollowed() {
        let time = ManualClock()
        var clock = ArrivalClock(timeBase: Self.milliseconds, time)
        clock.note(pts: 0, arrival: ManualClock.start + 2_000_000)
        time.setWall(aheadBy: 3600)
        #expect(clock.time(ofPTS: 0, now: 0) == StreamBench.at(2))
        clock.follow(time)
        let set = clock.time(ofPTS: 0, now: 0)
        #expect(set.monotonic == StreamBench.at(2).monotonic && set.wall == StreamBench.at(3602).wall)
        // Slewed, and no step: times stay even.
        time.setWall(aheadBy: 0.2)
        clock.follow(time)
        #expect(clock.time(ofPTS: 0, now: 0) == set)
    }

    @Test func clocksThatWereNotReadTogetherSayNothing() {
        var offset = WallOffset(CaptureTime(monotonic: 0, wall: 100))
        offset.follow(1_000_000, 9_000_000, 1_006_000)
        #expect(offset.time(monotonic: 5).wall == 105)
        offset.follow(1_000_000, 9_000_000, 1_000_002)
        #expect(offset.time(monotonic: 5).wall == 8_000_005)
    }

    @Test func absurdTimesDoNotOverflow() {
        var clock = ArrivalClock(timeBase: AVRational(num: 1 << 30, den: 1), ManualClock())
        for pts in [Int64.max, .min, 1 << 60, -(1 << 60), 0] {
            clock.note(pts: knownTime(pts), arrival: 5)
            _ = clock.time(ofPTS: knownTime(pts), now: 5)
        }
        #expect(clock.time(ofPTS: 0, now: 5).monotonic == 5)
    }
}
