import Capture
import Encode
import Logging
import Pipeline
import Serve
import Synchronization

/// Copies the input's own packets into files: nothing is encoded, and nothing drawn for it. Who looks on, and what is drawn for
/// them, changes nothing.
final class KeptRecording: LiveOutput {
    static let loss: OutputLoss? = OutputLoss(
        metric: "camstream_kept_dropped_total",
        help: "Packets of the input that the recording lacks, because its disk was too slow or failed."
    ) { "the recording lacks \($0) packets of the input" }

    private let config: EncodeConfig
    private let stream: RecordedStream
    private let relay: PacketRelay
    private let hub: LiveHub
    /// Of the pipeline's input; nil: none is open.
    private let packets = Mutex<LivePackets?>(nil)

    private init(_ opening: OutputOpening) throws {
        let (lost, log) = (Self.loss!.counter(opening.hub.registry), opening.log)
        stream = try RecordedStream(opening) { _, outcome in
            if case .dropped = outcome { lost.add() }
        }
        relay = PacketRelay(stream.queue) { delay in
            let seconds = (delay.seconds * 10).rounded() / 10
            log.notice(
                "the recording begins \(seconds) s late, with the input's next key frame: \(delay.packets) packets are left out"
            )
        }
        (config, hub) = (opening.config, opening.hub)
    }

    static func open(_ opening: OutputOpening) throws -> KeptRecording? {
        opening.config.keepVideo ? try KeptRecording(opening) : nil
    }

    func goesOn(under config: EncodeConfig) -> Bool { self.config.ofFiles == config.ofFiles }

    func begin(with source: any FrameSource, _ settings: LiveSettings.Values) throws(EncodeError) {
        guard let found = source.livePackets else { throw .noPacketsToKeep }
        try config.checkKept(found.stream)
        follow(settings.isRecording)
        packets.withLock { $0 = found }
        found.connect(relay)
    }

    func wish(_ settings: LiveSettings.Values) -> PictureContent { [] }

    func offer(_ frame: borrowing Frame, _ picture: LivePicture) -> Bool {
        follow(picture.settings.isRecording)
        hub.noteRecording(stream.recorder.status)
        return false
    }

    /// Starts or stops, as viewers wish.
    private func follow(_ isWanted: Bool) {
        guard stream.recorder.status.isActive != isWanted else { return }
        if isWanted {
            stream.recorder.start()
        } else {
            stream.recorder.stop()
            relay.finish()
        }
    }

    func drain(within limit: Duration?) {
        endInput()
        stream.drain(within: limit)
        hub.noteRecording(stream.recorder.status)
    }

    func handOver(within limit: Duration) {
        endInput()
        stream.end(within: limit) { $0.close() }
    }

    func finish(within limit: Duration?) {
        let start = ContinuousClock.now
        endInput()
        stream.end(within: limit) { $0.finish(within: limit.map { max($0 - (.now - start), .zero) }) }
    }

    /// What comes from another pipeline's input is another recording.
    private func endInput() {
        packets.withLock { $0.take() }?.disconnect()
        relay.finish()
    }
}
