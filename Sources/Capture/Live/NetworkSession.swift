import CFFmpeg
import Glibc
import Pipeline

/// One connection to a live stream: from its opening to its loss.
final class NetworkSession {
    enum Step: ~Copyable {
        /// With the time of its capture, also as its presentation time.
        case picture(Frame)
        case interrupted
        /// The session is of no more use.
        case lost(SignalLoss)
    }

    let reader: FrameReader
    private let watch: CallWatch
    /// Seconds without a picture after which the stream counts as lost.
    private let timeout: Double

    init(_ reader: FrameReader, _ watch: CallWatch, timeout: Double) {
        self.reader = reader
        self.watch = watch
        self.timeout = timeout
    }

    /// Connects.
    ///
    /// - Throws: also when the opening takes longer than the time-out.
    convenience init(
        connectingTo config: CaptureConfig, _ interrupt: Interrupt, _ clock: any SystemClock
    ) throws(CaptureError) {
        let watch = CallWatch(interrupt, clock)
        let reader = try FrameReader(config, watch, clock, isKnownLive: true)
        self.init(reader, watch, timeout: config.timeout)
    }

    var name: String { reader.demuxer.location.name }

    /// Waits for the next picture.
    ///
    /// - Throws: `CaptureError.outOfMemory`.
    func next() throws(CaptureError) -> Step {
        watch.allow(seconds: timeout)
        let packetsBefore = reader.videoPackets
        do throws(CaptureError) {
            if let picture = try reader.next() { return .picture(picture) }
        } catch {
            if case .outOfMemory = error { throw error }
            // Any other is what ends the session, and is told below.
        }
        if watch.interrupt.isRaised { return .interrupted }
        if watch.hasTimedOut {
            return .lost(
                reader.videoPackets > packetsBefore
                    ? .noPicture(input: name, seconds: timeout) : .silent(input: name, seconds: timeout))
        }
        // EIO is what libavformat says when a stream of unknown length ends.
        guard let error = reader.readError, error.code != shim_error(EIO) else { return .lost(.ended(input: name)) }
        return .lost(.broken(input: name, cause: error))
    }
}
