import CFFmpeg
import Dispatch
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Encode

/// A live picture that is sent to a server which does what the test says, at a time that passes when the test says so.
@Suite(.timeLimit(.minutes(30))) struct PusherTests {
    private let bench: RecordingBench
    private let hub: PacketHub
    private let clock = ManualClock()
    private let server = ScriptedServer()
    private let told = Told()
    private let pusher: Pusher

    init() throws {
        bench = try RecordingBench()
        hub = try PacketHub()
        pusher = try Pusher(
            try PushTarget("rtsp://host/cam"), clock, connect: server.connect
        ) { [told] in told.append($0) }
        hub.add(pusher)
    }

    final class Told: Sendable {
        private let list = Mutex<[PushEvent]>([])
        func append(_ event: PushEvent) { list.withLock { $0.append(event) } }
        var all: [PushEvent] { list.withLock { $0 } }
    }

    /// Shows pictures, each of which is sent before the next one comes.
    private func show(_ indices: Range<Int>, _ other: TestPictures? = nil) throws {
        let pictures = other ?? bench.pictures
        for index in indices {
            hub.encode(try bench.frame(index, at: Double(index) / 25, pictures), pictures.format)
            if !server.isHanging { #expect(pusher.settle()) }
        }
    }

    private func finish() { Pusher.finish([pusher], within: .seconds(30)) }

    @Test func itConnectsWithAPictureAndSendsFromAKeyPictureOnWithTheTimesOfTheCapture() throws {
        try show(0..<60)
        let got = server.all
        #expect(got.count == 1 && got[0].keys.first == true)
        // The picture with which it connects is old by then.
        #expect(got[0].times == (1..<60).map { Int64($0) * 40_000 })
        #expect(got[0].wall == RecordingBench.noon * 1_000_000)
        #expect(hub.picturesEncoded == 60)
        let status = pusher.status
        #expect(status.phase == .connected && status.pictures == 59 && status.connections == 1)
        #expect(status.bytes == got[0].bytes && status.dropped.isEmpty && status.problem == nil)
        #expect(told.all == [PushEvent(target: "rtsp://host/cam", problem: nil)])
        finish()
        #expect(server.all[0].isClosed && !pusher.isReading)
    }

    @Test func whoCannotBeReachedIsTriedAgainEverLessOftenAndNothingIsEncodedMeanwhile() throws {
        server.refuses(with: .init(code: shim_error(111), function: "test"))
        try show(0..<20)
        #expect(server.attempts == 1 && hub.picturesEncoded == 1 && !pusher.isReading)
        #expect(pusher.status.phase == .waiting && pusher.status.problem == "Connection refused")
        clock.advance(seconds: 0.9)
        try show(20..<25)
        #expect(server.attempts == 1)
        for (attempts, seconds) in [(2, 0.2), (3, 1), (4, 1), (5, 1), (6, 1), (6, 4), (7, 1)] {
            clock.advance(seconds: seconds)
            try show(25..<27)
            #expect(server.attempts == attempts)
        }
        #expect(hub.picturesEncoded == 7)
        server.refuses(with: nil)
        clock.advance(seconds: 5)
        try show(30..<40)
        #expect(server.all.count == 1 && server.all[0].times.count == 9)
        #expect(told.all.map(\.problem) == ["Connection refused", nil])
        finish()
    }

    @Test func aConnectionThatBreaksIsMadeAgainAndBeginsWithAKeyPicture() throws {
        try show(0..<10)
        server.breaks(after: 0)
        try show(10..<15)
        #expect(pusher.status.problem == "Broken pipe" && pusher.status.dropped == ["connection": 1])
        clock.advance(seconds: 1)
        server.breaks(after: nil)
        try show(40..<60)
        let got = server.all
        #expect(got.count == 2 && got[1].keys.first == true && got[1].times.count == 19)
        #expect(got[1].times[0] == 40_000)
        #expect(pusher.status.connections == 2 && pusher.status.problem == nil)
        #expect(told.all.map(\.problem) == [nil, "Broken pipe", nil])
        finish()
    }

    @Test func oneThatBreaksAgainAndAgainIsNotTriedEverySecond() throws {
        server.breaks(after: 3)
        var index = 0
        for _ in 0..<60 {
            try show(index..<index + 8)
            index += 8
            clock.advance(seconds: 1)
        }
        // Five at once a second, five every five, and then every ten.
        #expect((10...14).contains(server.attempts))
        // One that has lasted is another matter.
        server.breaks(after: nil)
        clock.advance(seconds: 10)
        try show(index..<index + 5)
        clock.advance(seconds: 11)
        server.breaks(after: 0)
        try show(index + 5..<index + 6)
        let attempts = server.attempts
        server.breaks(after: nil)
        clock.advance(seconds: 1)
        try show(index + 6..<index + 9)
        #expect(server.attempts == attempts + 1)
        finish()
    }

    @Test func oneThatReadsNothingHoldsUpNobodyAndMissesUpToAKeyPicture() throws {
        let other = ScriptedStream()
        hub.add(other)
        try show(0..<5)
        server.hang()
        try show(5..<205)
        waitUntil { server.isWaiting }
        // All that it did not take is counted, but for what waits, the one that hangs and the one to connect with.
        let status = pusher.status
        #expect(status.dropped["full"] == 1 && pusher.count <= 64)
        #expect(status.dropped.values.reduce(0, +) + status.pictures + pusher.count + 2 == 205)
        #expect(other.inner.all.packets.count == 205)
        server.letGo()
        #expect(pusher.settle())
        try show(205..<210)
        let got = server.all[0]
        #expect(got.times.last == Int64(209 * 40_000))
        // It goes on with a key picture.
        let gap = try #require(got.times.indices.dropFirst().first { got.times[$0] - got.times[$0 - 1] > 40_000 })
        #expect(got.keys[gap])
        finish()
    }

    @Test func theEndWaitsForNobodyLongerThanItsLimit() throws {
        try show(0..<5)
        server.hang()
        try show(5..<10)
        let start = ContinuousClock.now
        Pusher.finish([pusher], within: .milliseconds(20))
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(!pusher.isReading)
        server.letGo()
    }

    @Test func anotherSizeIsAnotherConnection() throws {
        try show(0..<5)
        let larger = try RecordingBench.pictures(width: 128, height: 96)
        try show(5..<10, larger)
        let got = server.all
        #expect(got.count == 2 && got.map(\.width) == [64, 128] && got[0].isClosed)
        #expect(got[1].keys.first == true && pusher.status.phase == .connected)
        finish()
    }

    /// A packet of 20 ms, by a clock of the sender's that has its own beginning.
    private func sound(_ number: Int, of stream: AuxiliaryStream, drift: Int64 = 0) -> LivePacket {
        let av = av_packet_alloc()!
        (av.pointee.pts, av.pointee.dts) = (Int64(7_000_000 + number * 960), Int64(7_000_000 + number * 960))
        let wall = RecordingBench.noon * 1_000_000 + Int64(number) * 20_000 + drift
        return LivePacket(
            Packet(adopting: av), of: stream, at: CaptureTime(monotonic: 5_000_000 + Int64(number) * 20_000, wall: wall)
        )
    }

    private func soundStream() throws -> AuxiliaryStream {
        try AuxiliaryStream(
            AV_CODEC_ID_AAC, width: 0, height: 0, timeBase: AVRational(num: 1, den: 48_000),
            frameRate: AVRational(num: 0, den: 1))
    }

    @Test func soundGoesOutWithThePicturesOfItsTimeAndAsEvenlyAsItCame() throws {
        let stream = try soundStream()
        server.hears(.sent("aac"))
        pusher.sound.expect(stream)
        for index in 0..<50 {
            // It comes before its picture, which has to be explained; its time of capture is not even.
            for number in [2 * index, 2 * index + 1] {
                pusher.sound.take(sound(number, of: stream, drift: Int64(number % 3) * 1000))
            }
            try show(index..<index + 1)
        }
        let got = server.all
        // The first picture is the one that it connects with.
        #expect(got.count == 1 && got[0].times == (1..<50).map { Int64($0) * 40_000 })
        let first = try #require(got[0].heard.first)
        #expect(abs(first - 40_000) <= 2000)
        #expect(got[0].heard.count >= 96)
        #expect(got[0].heard == (0..<got[0].heard.count).map { first + Int64($0) * 20_000 })
        #expect(told.all == [PushEvent(target: "rtsp://host/cam", problem: nil, sound: .sent("aac"))])
        finish()
    }

    @Test func soundThatATargetCannotHaveIsLeftOutAndTold() throws {
        let stream = try soundStream()
        server.hears(.leftOut("aac"))
        pusher.sound.expect(stream)
        for index in 0..<10 {
            pusher.sound.take(sound(2 * index, of: stream))
            try show(index..<index + 1)
        }
        #expect(server.all.count == 1 && server.all[0].heard.isEmpty)
        #expect(
            told.all.map { "\($0)" } == [
                "the picture is sent to rtsp://host/cam; its sound (aac) cannot be sent there"
            ])
        finish()
    }

    @Test func soundThatNobodyFetchesIsBounded() throws {
        let (stream, waiting) = (try soundStream(), PushSound())
        for number in 0..<10_000 { waiting.take(sound(number, of: stream)) }
        #expect(waiting.takeAll(until: .max).count == 512)
    }

    @Test func soundBeginsAnewWhereTheSendersClockWasSet() throws {
        let stream = try soundStream()
        var clock = SoundClock()
        let picture = PictureStamp(time: 0, wall: RecordingBench.noon * 1_000_000, isSlate: false)
        func time(_ number: Int, drift: Int64 = 0) -> Int64? {
            clock.time(of: sound(number, of: stream, drift: drift), with: picture, at: 100_000)
        }
        #expect([0, 1, 2].map { time($0) } == [100_000, 120_000, 140_000])
        // A second later by our clock than by the sender's.
        #expect(time(3, drift: 1_000_000) == 1_160_000)
        #expect(time(4, drift: 1_000_000) == 1_180_000)
        // What is older than what has gone out is lost.
        #expect(time(5) == nil && time(-100) == nil)
    }

    @Test func timesThatJumpStillRiseForTheTarget() {
        var clock = PushClock(PictureStamp(time: 1_000_000, wall: 0, isSlate: false))
        func time(_ time: Int64) -> Int64 { clock.time(of: PictureStamp(time: time, wall: 0, isSlate: false)) }
        #expect([1_000_000, 1_040_000, 1_090_000].map(time) == [0, 40_000, 90_000])
        #expect([20_000, 60_000].map(time) == [130_000, 170_000])
        #expect([900_000_000, 900_040_000, 900_040_000].map(time) == [210_000, 250_000, 290_000])
    }
}

/// A server that takes packets, refuses, hangs or breaks off.
final class ScriptedServer: Sendable {
    struct Connection {
        let wall: Int64
        let width: Int32
        var times: [Int64] = []
        var keys: [Bool] = []
        var bytes = 0
        var isClosed = false
        /// Times of the sound, and how many pictures had come before.
        var heard: [Int64] = []
    }

    private struct State {
        var connections: [Connection] = []
        var attempts = 0
        var refusal: FFmpegError?
        var mostPackets: Int?
        var isHanging = false
        var isWaiting = false
        var sound = PushEvent.Sound.none
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    /// What it says of the sound.
    var sound: PushEvent.Sound { state.withLock { $0.sound } }
    func hears(_ sound: PushEvent.Sound) { state.withLock { $0.sound = sound } }
    var all: [Connection] { state.withLock { $0.connections } }
    var attempts: Int { state.withLock { $0.attempts } }
    var isHanging: Bool { state.withLock { $0.isHanging } }
    /// Whether a picture hangs.
    var isWaiting: Bool { state.withLock { $0.isWaiting } }

    func refuses(with error: FFmpegError?) { state.withLock { $0.refusal = error } }
    /// - Parameter packets: so many of each connection are taken; nil: all.
    func breaks(after packets: Int?) { state.withLock { $0.mostPackets = packets } }
    func hang() { state.withLock { $0.isHanging = true } }
    func letGo() {
        state.withLock { $0.isHanging = false }
        gate.signal()
    }

    var connect: PushWriter.Connect {
        { [self] (format, sound, wall) throws(FFmpegError) in
            let refusal = state.withLock { state in
                state.attempts += 1
                if state.refusal == nil {
                    state.connections.append(Connection(wall: wall, width: format.parameters.pointee.width))
                }
                return state.refusal
            }
            if let refusal { throw refusal }
            return Sink(self, state.withLock { $0.connections.count - 1 })
        }
    }

    private final class Sink: PushSink {
        private let server: ScriptedServer
        private let number: Int

        init(_ server: ScriptedServer, _ number: Int) { (self.server, self.number) = (server, number) }

        var sound: PushEvent.Sound { server.sound }
        func write(_ sound: LivePacket, at time: Int64) {
            server.state.withLock { $0.connections[number].heard.append(time) }
        }

        func write(_ packet: EncodedPacket, at time: Int64) throws(FFmpegError) {
            if server.isHanging {
                server.state.withLock { $0.isWaiting = true }
                server.gate.wait()
                server.state.withLock { $0.isWaiting = false }
            }
            let isBroken = server.state.withLock { state in
                if let most = state.mostPackets, state.connections[number].times.count >= most { return true }
                state.connections[number].times.append(time)
                state.connections[number].keys.append(packet.isKey)
                state.connections[number].bytes += packet.bytes
                return false
            }
            if isBroken { throw FFmpegError(code: shim_error(32), function: "test") }
        }

        func close(within seconds: Double) { server.state.withLock { $0.connections[number].isClosed = true } }
    }
}
