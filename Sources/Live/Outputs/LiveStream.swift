import Encode
import Pipeline
import Serve
import Synchronization

/// Encodes the live pictures for those who read them as packets (`LiveHub.packets`): streams to other servers, segments for
/// players. Nothing is encoded while nobody reads.
final class LiveStream: LiveOutput {
    static let loss: OutputLoss? = OutputLoss(
        metric: "camstream_stream_dropped_total",
        help: "Frames that streams and segments lack, because the encoder was too slow."
    ) { "streams lack \($0) frames: their encoder is too slow" }

    private struct Picture: ~Copyable, Sendable {
        var frame: Frame
        let format: VideoFormat
        let isSlate: Bool
    }

    /// More would only be old pictures.
    private static let queueLength = 4

    /// Whether segments may be asked for, or the last seconds are kept.
    private let isReadAnyway: Bool
    private let packets: PacketHub
    private let pictures: WorkQueue<Picture>
    /// Whether the encoder has been given a picture since it was told that nobody reads.
    private let isEncoding = Atomic(false)

    private init(_ opening: OutputOpening, _ packets: PacketHub) throws(LackOfResources) {
        let (hub, lost) = (opening.hub, Self.loss!.counter(opening.hub.registry))
        (isReadAnyway, self.packets) = (hub.isServed || hub.keepsSeconds, packets)
        pictures = try WorkQueue("stream", capacity: Self.queueLength) { picture in
            let start = ContinuousClock.now
            packets.encode(picture.frame, picture.format, isSlate: picture.isSlate)
            hub.metrics.stream.observe((.now - start) / .seconds(1))
        } onLoss: { _, loss in
            if loss == .full { lost.add() }
        }
        LiveMetrics.addQueue(hub.registry, "stream", pictures) { $0.count }
    }

    static func open(_ opening: OutputOpening) throws -> LiveStream? {
        let hub = opening.hub
        guard hub.isServed || hub.keepsSeconds || !opening.config.push.isEmpty else { return nil }
        if hub.keepsSeconds, hub.packets == nil { throw EncodeError.noEncoderForStreams }
        return try hub.packets.map { try LiveStream(opening, $0) }
    }

    func goesOn(under config: EncodeConfig) -> Bool { isReadAnyway || !config.push.isEmpty }

    func wish(_ settings: LiveSettings.Values) -> PictureContent { packets.isRead ? .drawing : [] }

    func offer(_ frame: borrowing Frame, _ picture: LivePicture) throws -> Bool {
        guard picture.content.contains(.drawing), packets.isRead else {
            // Whoever reads next begins anew.
            if isEncoding.exchange(false, ordering: .relaxed) { pictures.then { [packets] in packets.finish() } }
            return false
        }
        isEncoding.store(true, ordering: .relaxed)
        pictures.offer(
            Picture(frame: try frame.reference(), format: picture.format, isSlate: picture.facts.isSlate))
        return false
    }

    func drain(within limit: Duration?) {
        pictures.expire(at: limit.map { .now + $0 })
        pictures.drain()
        pictures.expire(at: nil)
    }

    func finish(within limit: Duration?) {
        drain(within: limit)
        packets.finish()
    }
}
