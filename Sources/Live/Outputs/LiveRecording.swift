import Encode
import Events
import Pipeline
import Serve

/// Encodes the live pictures, at the encoder's own pace. What it is too slow for is dropped and counted; what goes wrong
/// with the disk pauses the recording and nothing else.
final class LiveRecording: LiveOutput {
    /// A finished picture; a slate is no frame of the input, and not counted as one.
    private struct Picture: ~Copyable, Sendable {
        var frame: Frame
        let format: VideoFormat
        let isSlate: Bool
    }

    /// Enough for an encoder that stumbles, and few enough to stay small: 16 pictures of 720p take 22 MB.
    private static let queueLength = 16

    private let config: EncodeConfig
    private let stream: RecordedStream
    private let encoder: LiveEncoder
    private var recorder: Recorder { stream.recorder }
    private let hub: LiveHub
    private let pictures: WorkQueue<Picture>

    private init(_ opening: OutputOpening) throws {
        let hub = opening.hub
        let stream = try RecordedStream(opening) { [ledger = hub.ledger] picture, outcome in
            guard !picture.isSlate else { return }
            switch outcome {
            case .written, .off: ledger.write()
            case .dropped(.end): ledger.drop(FrameLedger.Reason.end)
            case .dropped(let reason): ledger.drop("recording-\(reason.rawValue)")
            }
        }
        let encoder = try LiveEncoder(opening.config)
        encoder.add(stream.queue)
        (config, self.hub, self.stream, self.encoder) = (opening.config, hub, stream, encoder)
        pictures = try WorkQueue("record", capacity: Self.queueLength) { picture in
            let start = ContinuousClock.now
            // The recorder counts what becomes of it.
            encoder.encode(picture.frame, picture.format, isSlate: picture.isSlate)
            hub.metrics.record.observe((.now - start) / .seconds(1))
            hub.noteRecording(stream.recorder.status)
        } onLoss: { picture, loss in
            guard !picture.isSlate else { return }
            hub.ledger.drop(loss == .full ? FrameLedger.Reason.encoder : FrameLedger.Reason.end)
        }
        LiveMetrics.addQueue(hub.registry, "record", pictures) { $0.count }
    }

    static func open(_ opening: OutputOpening) throws -> LiveRecording? {
        opening.config.output.isEmpty || opening.config.keepVideo ? nil : try LiveRecording(opening)
    }

    func goesOn(under config: EncodeConfig) -> Bool { self.config.ofFiles == config.ofFiles }

    func wish(_ settings: LiveSettings.Values) -> PictureContent { settings.isRecording ? .drawing : [] }

    func offer(_ frame: borrowing Frame, _ picture: LivePicture) throws -> Bool {
        follow(picture.settings.isRecording)
        guard recorder.status.isActive, picture.content.contains(.drawing) else { return false }
        pictures.offer(
            Picture(frame: try frame.reference(), format: picture.format, isSlate: picture.facts.isSlate))
        return true
    }

    /// Starts or stops, as viewers wish.
    private func follow(_ isWanted: Bool) {
        if recorder.status.isActive != isWanted {
            if isWanted {
                recorder.start()
            } else {
                recorder.stop()
                // Now, since no picture may follow that would tell the encoder.
                encoder.finish()
            }
        }
        // A file is completed some time after the stop.
        if !isWanted { hub.noteRecording(recorder.status) }
    }

    func drain(within limit: Duration?) {
        let end = limit.map { ContinuousClock.now + $0 }
        pictures.expire(at: end)
        pictures.drain()
        pictures.expire(at: nil)
        stream.drain(within: end.map { max($0 - .now, .zero) })
        hub.noteRecording(recorder.status)
    }

    func handOver(within limit: Duration) {
        encoder.finish()
        stream.end(within: limit) { $0.close() }
    }

    func finish(within limit: Duration?) {
        let start = ContinuousClock.now
        encoder.finish()
        stream.end(within: limit) { $0.finish(within: limit.map { max($0 - (.now - start), .zero) }) }
    }
}

extension LiveHub {
    /// Tells those who ask over HTTP, and those who listen, how the recording goes.
    func noteRecording(_ status: RecordingStatus) {
        let recording = LiveState.Recording(
            isActive: status.isActive, file: status.file, seconds: status.seconds, bytes: status.bytes,
            problem: status.problem)
        teller.note(isRecording: status.isActive)
        if self.status.setRecording(recording) { events.publish(.recording(recording)) }
    }
}
