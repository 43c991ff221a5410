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
        #expect(shifted(&clock, 0, 800) == -600)  // a small step back may be the file's own disorder
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

    /// Such as ID3 tags in a transport stream.
    @Test func dataThatComeSeldomAreNoJoint() {
        var clock = PacketClock(start: 0, mayJump: true)
        #expect(shifted(&clock, 0, 0) == 0)
        #expect(shifted(&clock, 1, 0, AVMEDIA_TYPE_DATA) == 0)
        #expect(shifted(&clock, 0, 5000) == 5000)
        #expect(shifted(&clock, 0, 10_000) == 10_000)
        #expect(shifted(&clock, 1, 15_000, AVMEDIA_TYPE_DATA) == 15_000)
        #expect(shifted(&clock, 0, 15_000) == 15_000)
    }

    @Test func aJointIsToldOnceForEachStreamThatMeetsIt() {
        var clock = PacketClock(start: 0, mayJump: true)
        #expect(jump(&clock, 0) == nil)
        #expect(jump(&clock, 80_040) == PacketClock.Jump(at: 0.04, by: 80))
        #expect(jump(&clock, 80_080) == nil)
        #expect(jump(&clock, 0) == PacketClock.Jump(at: 0.12, by: -80.12))
    }

    @Test func inFormatsWhoseTimesShouldNotJumpOnlyAStepBackIsAJoint() {
        var clock = PacketClock(start: 0, mayJump: false)
        #expect(shifted(&clock, 0, 0) == 0)
        #expect(shifted(&clock, 0, 60_000) == 60_000)  // a gap that was recorded
        #expect(shifted(&clock, 0, 0) == 60_040)
        #expect(shifted(&clock, 0, 40) == 60_080)
        #expect(shifted(&clock, 0, 200 * 3_600_000) == 60_120)
    }

    @Test func theWrapOfTheFormatsCounterIsNoJump() {
        var clock = PacketClock(start: 0, mayJump: true)
        let turn: Int64 = 1 << 20
        #expect(shifted(&clock, 0, turn - 60, wrapBits: 20) == turn - 60)
        #expect(jump(&clock, 7, wrapBits: 20) == nil)  // 27 ms late, and stays so
        #expect(shifted(&clock, 0, 47, wrapBits: 20) == turn + 47)
        // libavformat adds a turn to times that lie before the file's first one.
        var back = PacketClock(start: 0, mayJump: true)
        #expect(shifted(&back, 0, 80_000, wrapBits: 20) == 80_000)
        #expect(jump(&back, turn + 1040, wrapBits: 20) == PacketClock.Jump(at: 80.04, by: -79))
        #expect(shifted(&back, 0, turn + 1080, wrapBits: 20) == 80_080)
    }

    @Test func audioTimesRiseAlthoughPartsOverlap() {
        var clock = PacketClock(start: 0, mayJump: false)
        #expect([100, 100, 90, 200].map { shifted(&clock, 1, $0, AVMEDIA_TYPE_AUDIO) } == [100, 101, 102, 200])
    }

    /// The decoding time that a packet of 40 ms gets; its presentation time must get the same.
    private func shifted(
        _ clock: inout PacketClock, _ stream: Int32, _ time: Int64, _ kind: AVMediaType = AVMEDIA_TYPE_VIDEO,
        wrapBits: Int32 = 64
    ) -> Int64? {
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        guard let packet else { return nil }
        packet.pointee.stream_index = stream
        packet.pointee.dts = time
        packet.pointee.pts = time
        packet.pointee.duration = 40
        clock.shift(packet, Self.milliseconds, kind, wrapBits: wrapBits)
        #expect(packet.pointee.pts == packet.pointee.dts)
        return packet.pointee.dts
    }

    /// The joint that a video packet of 40 ms meets.
    private func jump(_ clock: inout PacketClock, _ time: Int64, wrapBits: Int32 = 64) -> PacketClock.Jump? {
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        packet?.pointee.dts = time
        packet?.pointee.pts = time
        packet?.pointee.duration = 40
        return clock.shift(packet!, Self.milliseconds, AVMEDIA_TYPE_VIDEO, wrapBits: wrapBits)
    }
}
