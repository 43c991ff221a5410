import CFFmpeg
import Testing

@testable import Capture

@Suite struct ClockTests {
    private static let milliseconds = AVRational(num: 1, den: 1000)

    @Test func aPictureWithoutATimeFollowsTheLastOne() {
        var timeline = Timeline(timeBase: Self.milliseconds, frameRate: AVRational(num: 25, den: 1))
        let placed = [(nil, 0), (nil, 0), (100, 0), (nil, 10), (nil, 0)].map {
            timeline.place(pts: $0.0, duration: $0.1)
        }
        #expect(placed.map(\.pts) == [0, 40, 100, 140, 150])
        #expect(placed.map(\.duration) == [40, 40, 40, 10, 40])
    }

    @Test func timesRiseByOneAtLeast() {
        var timeline = Timeline(timeBase: Self.milliseconds, frameRate: AVRational(num: 0, den: 1))
        let times: [Int64?] = [5, 5, 3, 7, nil, nil]
        #expect(times.map { timeline.place(pts: $0, duration: 0).pts } == [5, 6, 7, 8, 9, 10])
    }

    @Test func absurdTimesAreTakenForNone() {
        #expect(knownTime(.max) == nil)
        #expect(knownTime(.min) == nil)
        #expect(knownTime(shim_no_pts) == nil)
        #expect(knownTime(-5) == -5)
        var timeline = Timeline(timeBase: Self.milliseconds, frameRate: AVRational(num: .max, den: 1))
        #expect(timeline.place(pts: 1 << 60, duration: .max) == (1 << 60, 0))
        #expect(timeline.place(pts: nil, duration: .min) == (1 << 60 + 1, 0))
    }

    @Test func allStreamsAreShiftedByTheStart() {
        var clock = PacketClock(start: 1_400_000, mayJump: false)
        #expect(shifted(&clock, 0, 1400) == 0)
        #expect(shifted(&clock, 1, 1390, AVMEDIA_TYPE_AUDIO) == -10)
        #expect(shifted(&clock, 0, 0) == -1400)  // no format with jumps: taken as it is
    }

    @Test func atAJointEachStreamGoesOnWhereItWas() {
        var clock = PacketClock(start: 0, mayJump: true)
        #expect(shifted(&clock, 0, 1000) == 1000)
        #expect(shifted(&clock, 1, 1000, AVMEDIA_TYPE_AUDIO) == 1000)
        // The video starts again at 0; the audio still has a packet of the first part.
        #expect(shifted(&clock, 0, 0) == 1040)
        #expect(shifted(&clock, 1, 1040, AVMEDIA_TYPE_AUDIO) == 1040)
        #expect(shifted(&clock, 1, 40, AVMEDIA_TYPE_AUDIO) == 1080)  // as far behind the video as in the file
        #expect(shifted(&clock, 0, 40) == 1080)
        #expect(shifted(&clock, 2, 60, AVMEDIA_TYPE_SUBTITLE) == 1100)
    }

    @Test func aLongGapIsAJointAndAShortOneIsNot() {
        var clock = PacketClock(start: 0, mayJump: true)
        #expect(shifted(&clock, 0, 0) == 0)
        #expect(shifted(&clock, 0, 5000) == 5000)
        #expect(shifted(&clock, 0, 50_000) == 5040)
        #expect(shifted(&clock, 0, 50_040) == 5080)
    }

    @Test func audioTimesRiseAlthoughPartsOverlap() {
        var clock = PacketClock(start: 0, mayJump: false)
        #expect([100, 100, 90, 200].map { shifted(&clock, 1, $0, AVMEDIA_TYPE_AUDIO) } == [100, 101, 102, 200])
    }

    /// The decoding time that a packet of 40 ms gets; its presentation time must get the same.
    private func shifted(
        _ clock: inout PacketClock, _ stream: Int32, _ time: Int64, _ kind: AVMediaType = AVMEDIA_TYPE_VIDEO
    ) -> Int64? {
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        guard let packet else { return nil }
        packet.pointee.stream_index = stream
        packet.pointee.dts = time
        packet.pointee.pts = time
        packet.pointee.duration = 40
        clock.shift(packet, Self.milliseconds, kind)
        #expect(packet.pointee.pts == packet.pointee.dts)
        return packet.pointee.dts
    }
}
