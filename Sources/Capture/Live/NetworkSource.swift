import CFFmpeg
import Foundation
package import Pipeline

/// A live stream from a network (RTSP, RTP, SRT, RTMP, HTTP ...), as frames that are all alike, with the times at which
/// they were taken. A loss ends nothing: `next()` connects again until the stream is back, and goes on at the true time.
///
/// For use by one thread at a time; what it shares with others is thread-safe.
package final class NetworkSource: FrameSource, @unchecked Sendable {
    package let format: VideoFormat
    package let name: String
    package let codecName: String
    package let notes: [String]
    package let isLive = true
    // What is live goes without them, but for the sound.
    package let auxiliaryStreams: [AuxiliaryStream] = []
    package let packets = PacketQueue()
    package let livePackets: LivePackets?
    package let liveSound: LivePackets?
    /// A stream has no end.
    package let frameCountEstimate: Int? = nil
    package let videoMetadata: [String: String] = [:]
    /// Pictures handed out so far.
    package private(set) var framesRead = 0

    /// Connects to the stream.
    typealias Connect = () throws(CaptureError) -> NetworkSession

    private let connect: Connect
    private let interrupt: Interrupt
    private let clock: any SystemClock
    private let onSignal: @Sendable (SignalChange) -> Void
    private let normaliser: FormatNormaliser
    private let counters = SourceCounters()
    /// nil while the stream is lost.
    private var session: NetworkSession?
    /// The first picture, until the first call of `next()`.
    private var first: Frame?
    private var hasStarted = false
    private var timeline: LiveTimeline
    private var backoff = Backoff()
    private var lastPicture: CaptureTime
    private var isLost = false
    private var isInterlaced = false
    /// Of the sessions before.
    private var (corruptBefore, damagedBefore) = (0, 0)
    private var warnings: [CaptureWarning] = []

    /// Waits for the first picture of a connected stream, to know its format.
    ///
    /// - Parameter connect: connects again.
    /// - Parameter onSignal: is told, from the thread that calls `next()`, when the stream is lost and when it is back.
    init(
        _ session: NetworkSession, interrupt: Interrupt, clock: any SystemClock, connect: @escaping Connect,
        onSignal: @escaping @Sendable (SignalChange) -> Void
    ) throws(CaptureError) {
        let first = try Self.firstPicture(session)
        let reader = session.reader
        var facts = SourceFacts(reader)
        facts.chroma = .fourTwoZero
        normaliser = try FormatNormaliser(first: first, facts)
        format = normaliser.format
        name = session.name
        codecName = reader.codecName
        livePackets = reader.tap?.packets
        liveSound = reader.soundTap?.packets
        notes = ["live stream (\(reader.demuxer.formatName)): opened again when it is lost"]
        timeline = LiveTimeline(frameRate: reader.frameRate)
        lastPicture = first.captured ?? clock.captureTime
        self.first = consume first
        self.session = session
        self.connect = connect
        self.interrupt = interrupt
        self.clock = clock
        self.onSignal = onSignal
    }

    /// The next frame; nil after an interrupt. Waits while the stream is lost.
    package func next() throws(CaptureError) -> Frame? {
        while !interrupt.isRaised {
            guard let picture = try nextPicture() else { continue }
            let captured = picture.captured ?? clock.captureTime
            let (index, pts, duration) = timeline.place(captured)
            let placed = picture.placed(
                index: index, pts: pts, duration: duration, timeBase: LiveTimeline.timeBase, captured: captured)
            do throws(CaptureError) {
                let frame = try normaliser.normalise(placed)
                framesRead += 1
                return frame
            } catch {
                // Damage may make a picture look like anything.
                guard case .cannotConvert = error else { throw error }
                session?.reader.countUnusablePicture()
            }
        }
        return nil
    }

    package var corruptPackets: Int { counters.corrupt }
    package var drops: [String: Int] { ["damaged": counters.damaged] }

    /// When the recording starts.
    package var metadata: [String: String] {
        ["creation_time": Date(timeIntervalSince1970: Double(clock.wallTime) / 1e6).formatted(.iso8601)]
    }

    package func takeWarnings() -> [CaptureWarning] {
        defer {
            warnings = []
            normaliser.warnings = []
        }
        return warnings + normaliser.warnings
    }

    /// One attempt; nil: the stream is lost, or an interrupt came.
    private func nextPicture() throws(CaptureError) -> Frame? {
        if !hasStarted {
            hasStarted = true
            if let picture = try skipToPresent() { return picture }
        }
        guard let session = try openSession() else { return nil }
        let step = try session.next()
        counters.corrupt = corruptBefore + session.reader.corruptPackets
        counters.damaged = damagedBefore + session.reader.damagedPackets
        switch consume step {
        case .picture(let picture):
            notePicture(picture)
            return picture
        case .lost(let cause):
            lose(cause)
            return nil
        case .interrupted: return nil
        }
    }

    /// What has piled up while the other stages were opened is old.
    ///
    /// - Returns: nil if the stream is lost meanwhile, or an interrupt came.
    private func skipToPresent() throws(CaptureError) -> Frame? {
        let start = clock.monotonicTime
        guard start - lastPicture.monotonic > Self.largestAge else { return try firstOrNext() }
        first = nil
        let tap = session?.reader.tap
        tap?.isClosed = session?.reader.hasTimes == false
        defer { tap?.isClosed = false }
        while let picture = try nextPicture() {
            if !isOld(picture, askedForAt: start) { return picture }
        }
        return nil
    }

    private func isOld(_ picture: borrowing Frame, askedForAt start: Int64) -> Bool {
        guard let reader = session?.reader, let captured = picture.captured else { return false }
        if reader.hasTimes { return captured.monotonic < start - Self.largestAge }
        // What has piled up is there at once; it cannot be more than can be read in a while.
        return reader.lastWait < Self.leastWait && clock.monotonicTime - start < Self.longestSkip
    }

    private func firstOrNext() throws(CaptureError) -> Frame? {
        if let picture = first.take() { return picture }
        return try nextPicture()
    }

    /// The session, or a new one when it is time.
    ///
    /// - Returns: nil after an interrupt, or if the stream is not there.
    private func openSession() throws(CaptureError) -> NetworkSession? {
        if let session { return session }
        guard interrupt.wait(backoff.next(), { clock.sleep(milliseconds: $0) }) else { return nil }
        do throws(CaptureError) {
            session = try connect()
            if let livePackets { session?.reader.tap?.packets = livePackets }
            if let liveSound { session?.reader.soundTap?.packets = liveSound }
        } catch {
            // Why the stream was lost is told already; the next attempt may succeed.
            if case .outOfMemory = error { throw error }
        }
        return session
    }

    private func lose(_ cause: SignalLoss) {
        (corruptBefore, damagedBefore) = (counters.corrupt, counters.damaged)
        session = nil
        livePackets?.noteLoss()
        liveSound?.noteLoss()
        guard !isLost else { return }
        isLost = true
        onSignal(.lost(since: lastPicture, cause: cause))
    }

    private func notePicture(_ picture: borrowing Frame) {
        let time = picture.captured ?? clock.captureTime
        if isLost {
            isLost = false
            backoff.reset()
            onSignal(.found(input: name, after: Double(time.monotonic - lastPicture.monotonic) / 1e6))
        }
        lastPicture = time
        if shim_is_interlaced(picture.av) != 0 && !isInterlaced {
            isInterlaced = true
            warnings.append(.interlaced)
        }
    }

    private static func firstPicture(_ session: NetworkSession) throws(CaptureError) -> Frame {
        switch try session.next() {
        case .picture(let picture): return picture
        case .lost(let cause): throw .noSignal(cause)
        case .interrupted: throw .interrupted
        }
    }

    /// Microseconds: older than this a picture is passed over at the start.
    private static let largestAge: Int64 = 200_000
    /// Microseconds: what comes sooner was there already.
    private static let leastWait: Int64 = 2_000
    private static let longestSkip: Int64 = 1_000_000
}
