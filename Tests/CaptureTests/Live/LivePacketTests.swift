import CFFmpeg
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Capture

/// The packets of live videos, as their senders made them.
@Suite(.timeLimit(.minutes(30))) struct LivePacketTests {
    /// Keeps what comes; nil stands for a loss.
    private final class Collected: LivePacketReader {
        private let all = Mutex<[LivePacket?]>([])
        func take(_ packet: LivePacket) { all.withLock { $0.append(packet) } }
        func noteLoss() { all.withLock { $0.append(nil) } }

        var events: [LivePacket?] { all.withLock { $0 } }
        var packets: [LivePacket] { events.compactMap { $0 } }
        var bytes: [[UInt8]] { packets.map(Self.bytes) }

        static func bytes(_ packet: LivePacket) -> [UInt8] {
            let av = packet.packet.av.pointee
            return Array(UnsafeBufferPointer(start: av.data, count: Int(av.size)))
        }
    }

    /// Bytes of all packets of a file's video.
    private func sent(_ path: String) throws -> [UInt8] {
        try FFmpegTool.output(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-map", "0:v:0", "-c", "copy", "-f", "data", "-"])
    }

    @Test func aStreamsPacketsAreThoseThatWereSent() throws {
        let bench = try StreamBench(sendingOnly: transportStream(Clips.transport))
        let source = try bench.source { $0.keepsVideo = true }
        let collected = Collected()
        try #require(source.livePackets).connect(collected)
        bench.clock.isHurried = true
        _ = try source.take(100)
        // The last packet of a transport stream ends where the next one starts.
        #expect(collected.packets.count >= 24)
        #expect(try sent(Clips.transport).starts(with: collected.bytes.joined()))
        let times = collected.packets.map(\.packet.av.pointee.dts)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 3600 })
        #expect(collected.packets.allSatisfy { $0.stream.timeBase.den == 90_000 })
    }

    @Test func aLossIsToldAndWhatComesThenIsOfAnotherStream() throws {
        let bench = try StreamBench { _, _ in .bytes(MotionJPEG.stream(3)) }
        let source = try bench.source { $0.keepsVideo = true }
        let collected = Collected()
        try #require(source.livePackets).connect(collected)
        #expect(try source.take(6).count == 6)
        let events = collected.events
        // Nobody read yet when the first one came, and it has no time of its own.
        #expect(events.map { $0 == nil } == [false, false, true, false, false, false])
        #expect(collected.bytes.allSatisfy { $0 == MotionJPEG.small })
        #expect(events[0]?.stream === events[1]?.stream && events[1]?.stream !== events[3]?.stream)
        // Without times of their own they have those at which they came.
        #expect(
            collected.packets.map(\.time) == [0, 0, 1, 1, 1].map { StreamBench.at($0) }
                && collected.packets.allSatisfy { $0.packet.av.pointee.pts == $0.time.monotonic })
    }

    @Test func picturesWithoutTimesThatPiledUpBeforeTheStartAreNotHandedOn() throws {
        let (clock, interrupt) = (ManualClock(), Interrupt())
        let bench = try StreamBench(clock: clock, interrupt: interrupt) { _, _ in
            .steps([.bytes(MotionJPEG.stream(20)), .silence { if clock.isHurried { interrupt.raise() } }])
        }
        let source = try bench.source { $0.keepsVideo = true }
        let collected = Collected()
        try #require(source.livePackets).connect(collected)
        clock.advance(seconds: 3)
        clock.isHurried = true
        #expect(try source.take(1).isEmpty && collected.packets.isEmpty)
    }

    @Test func nobodyGetsPacketsThatWereNotAskedFor() throws {
        let bench = try StreamBench { _, _ in .bytes(MotionJPEG.stream(3)) }
        #expect(try bench.source().livePackets == nil)
        #expect(try bench.source("demo:seconds=1,size=16x16") { $0.keepsVideo = true }.livePackets == nil)
    }

    @Test func aPacedFilesPacketsAreThoseOfTheFileAtItsOwnRate() throws {
        let clock = ManualClock()
        var config = CaptureConfig()
        (config.input, config.live, config.keepsVideo) = (Clips.bFrames, true, true)
        let source = try openSource(config, interrupt: Interrupt(), clock: clock)
        let collected = Collected()
        try #require(source.livePackets).connect(collected)
        while try source.next() != nil {}
        #expect(collected.packets.count == 25)
        #expect(collected.bytes.flatMap { $0 } == (try sent(Clips.bFrames)))
        let times = collected.packets.map(\.time.monotonic)
        #expect(zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - 40_000) <= 1 })
    }

    @Test func aCamerasPacketsAreHandedOnAlsoWhereTheirPicturesArePassedOver() throws {
        let camera = FakeCamera([.init("MJPG", [("64x48", [30])])])
        let picture = ScriptedCamera.Event.picture(.init(MotionJPEG.small))
        let bench = CameraBench(
            camera, [(1, picture), (1.1, picture), (1.2, picture), (1.3, picture), (3, picture)],
            first: .init(MotionJPEG.small))
        let source = try bench.source { $0.keepsVideo = true }
        let collected = Collected()
        try #require(source.livePackets).connect(collected)
        #expect(try source.times(atMost: 1) == [0])
        bench.system.advance(seconds: 1)  // the pipeline was busy meanwhile
        #expect(try source.times() == [0.3, 2])
        #expect(source.counters.superseded == 2)
        #expect(collected.bytes == Array(repeating: MotionJPEG.small, count: 5))
        let times = collected.packets.map(\.time.monotonic)
        #expect(times.map { $0 - times[0] } == [0, 100_000, 200_000, 300_000, 2_000_000])
        #expect(source.counters.guessedTimes == 0)
    }

    @Test func aCameraThatSendsRawPicturesHasNone() throws {
        let source = try CameraBench().source { $0.keepsVideo = true }
        #expect(source.livePackets == nil)
    }

    @Test func untilSomebodyReadsWhatCameSinceTheLastKeyPictureIsKept() throws {
        let stream = try AuxiliaryStream(
            AV_CODEC_ID_H264, width: 64, height: 48, timeBase: AVRational(num: 1, den: 1000),
            frameRate: AVRational(num: 25, den: 1))
        func packet(_ number: Int64, isKey: Bool = false, bytes: Int32 = 10) -> LivePacket {
            let av = av_packet_alloc()!
            av_new_packet(av, bytes)
            (av.pointee.pts, av.pointee.flags) = (number, isKey ? AV_PKT_FLAG_KEY : 0)
            return LivePacket(Packet(adopting: av), of: stream, at: StreamBench.at(0))
        }
        func numbers(_ collected: Collected) -> [Int64] { collected.packets.map(\.packet.av.pointee.pts) }
        let packets = LivePackets(stream)
        for number in 0..<6 { packets.send(packet(Int64(number), isKey: number % 3 == 0)) }
        let first = Collected()
        packets.connect(first)
        packets.send(packet(6))
        #expect(numbers(first) == [3, 4, 5, 6])
        packets.disconnect()
        // What cannot be kept whole is worth nothing.
        packets.send(packet(7, isKey: true))
        for number in Int64(8)..<11 { packets.send(packet(number, bytes: 8 << 20)) }
        let second = Collected()
        packets.connect(second)
        #expect(numbers(second).isEmpty && numbers(first).count == 4)
    }
}
