import CFFmpeg
package import Pipeline

/// A recording or the drawn scene, played at its own rate as if a camera took it: `next()` waits until a frame's time
/// has come, and passes over frames whose time is over, because the next one is due.
///
/// Times are by one schedule from the first frame on, so that late frames don't make later ones late.
package final class PacedSource: FrameSource, @unchecked Sendable {  // safe: one thread; what it shares is thread-safe
    package let format: VideoFormat
    package let isLive = true
    package let livePackets: LivePackets?
    package let liveSound: LivePackets?
    package private(set) var framesRead = 0

    private let source: any FrameSource
    /// Among the source's auxiliary streams.
    private let sound: Int?
    private let interrupt: Interrupt
    private let clock: any SystemClock
    private let counters = SourceCounters()
    /// Read already, to see whether it is due.
    private var ahead: Frame?
    /// nil before the first frame.
    private var schedule: Schedule?
    private var timeline: LiveTimeline

    /// When frames are due. All times are microseconds of the monotonic clock.
    private struct Schedule {
        /// When the source's time 0 is.
        private var start: Int64
        private var wall: WallOffset

        init(startingWith frame: borrowing Frame, _ now: CaptureTime) {
            start = now.monotonic - Self.microseconds(frame.pts, frame)
            wall = WallOffset(now)
        }

        /// Looks whether the wall clock was set.
        mutating func follow(_ clock: any SystemClock) { wall.follow(clock) }

        /// Of a packet, for decoding.
        func captureTime(of packet: UnsafePointer<AVPacket>, _ timeBase: AVRational) -> CaptureTime {
            let time = knownTime(packet.pointee.dts) ?? knownTime(packet.pointee.pts) ?? 0
            return wall.time(monotonic: start + av_rescale_q(time, timeBase, LiveTimeline.timeBase))
        }

        func due(_ frame: borrowing Frame) -> Int64 { start + Self.microseconds(frame.pts, frame) }
        func end(of frame: borrowing Frame) -> Int64 { due(frame) + length(of: frame) }
        func length(of frame: borrowing Frame) -> Int64 { Self.microseconds(frame.duration, frame) }

        func captureTime(of frame: borrowing Frame) -> CaptureTime {
            wall.time(monotonic: due(frame))
        }

        mutating func delay(by time: Int64) { start += time }

        private static func microseconds(_ time: Int64, _ frame: borrowing Frame) -> Int64 {
            knownTime(av_rescale_q(time, frame.timeBase, LiveTimeline.timeBase)) ?? 0
        }
    }

    /// Microseconds: when the source needs longer to get to the present, the present waits for it.
    private static let longestSkip: Int64 = 1_000_000

    init(_ source: any FrameSource, interrupt: Interrupt, clock: any SystemClock) {
        self.source = source
        self.interrupt = interrupt
        self.clock = clock
        var format = source.format
        format.timeBase = LiveTimeline.timeBase
        self.format = format
        timeline = LiveTimeline(frameRate: format.frameRate)
        livePackets = source.original.map { LivePackets($0.stream) }
        let streams = source.auxiliaryStreams
        sound = streams.firstIndex { $0.parameters.pointee.codec_type == AVMEDIA_TYPE_AUDIO }
        liveSound = sound.map { LivePackets(streams[$0], keepsUntilRead: false) }
    }

    /// The frame whose time it is, or the next one when its time has come; nil at the end and after an interrupt.
    package func next() throws(CaptureError) -> Frame? {
        let entry = clock.monotonicTime
        guard var frame = try read() else {
            if let schedule { handOn(schedule) }
            return nil
        }
        var schedule = schedule ?? Schedule(startingWith: frame, clock.captureTime)
        while schedule.end(of: frame) <= clock.monotonicTime, let following = try read() {
            guard schedule.due(following) <= clock.monotonicTime else {
                ahead = consume following
                break
            }
            counters.countSuperseded()
            frame = following
            let now = clock.monotonicTime
            if now - entry > Self.longestSkip {
                // Slower than its own rate: nothing would ever be in time.
                schedule.delay(by: now - schedule.due(frame))
            }
        }
        self.schedule = schedule
        handOn(schedule)
        guard interrupt.wait(until: schedule.due(frame), clock) else { return nil }
        schedule.follow(clock)
        self.schedule = schedule
        let captured = schedule.captureTime(of: frame)
        let (index, pts, duration) = timeline.place(captured)
        framesRead += 1
        let length = schedule.length(of: frame)
        return frame.placed(
            index: index, pts: pts, duration: length > 0 ? length : duration, timeBase: LiveTimeline.timeBase,
            captured: captured)
    }

    /// Hands on the packets that were read. Those of the video come before their pictures.
    private func handOn(_ schedule: Schedule) {
        let original = source.original
        guard original != nil || !source.auxiliaryStreams.isEmpty else { return }
        for packet in source.packets.takeAll() {
            let (stream, packets): (AuxiliaryStream, LivePackets?)
            switch Int(packet.av.pointee.stream_index) {
            case original?.position: (stream, packets) = (original!.stream, livePackets)
            case sound: (stream, packets) = (source.auxiliaryStreams[sound!], liveSound)
            default: continue
            }
            packets?.send(LivePacket(packet, of: stream, at: schedule.captureTime(of: packet.av, stream.timeBase)))
        }
    }

    private func read() throws(CaptureError) -> Frame? {
        if let frame = ahead.take() { return frame }
        guard !interrupt.isRaised else { return nil }
        return try source.next()
    }

    package var name: String { source.name }
    package var codecName: String { source.codecName }
    package var notes: [String] { source.notes + ["played at its own rate, as a camera"] }
    package var frameCountEstimate: Int? { source.frameCountEstimate }
    package var auxiliaryStreams: [AuxiliaryStream] { source.auxiliaryStreams }
    package var packets: PacketQueue { source.packets }
    package var metadata: [String: String] { source.metadata }
    package var videoMetadata: [String: String] { source.videoMetadata }
    package var chapters: [Chapter] { source.chapters }
    package var corruptPackets: Int { source.corruptPackets }
    package var drops: [String: Int] {
        source.drops.merging(["superseded": counters.superseded]) { $0 + $1 }
    }
    package func takeWarnings() -> [CaptureWarning] { source.takeWarnings() }
}
