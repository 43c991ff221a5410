import Encode
import Logging
import Pipeline
import Serve
import Synchronization

/// Encodes the live pictures, at the encoder's own pace. What it is too slow for is dropped and counted; what goes wrong
/// with the disk pauses the recording and nothing else.
final class LiveRecording: Sendable {
    /// A finished picture; a slate is no frame of the input, and not counted as one.
    struct Picture: ~Copyable, Sendable {
        var frame: Frame
        let format: VideoFormat
        let isSlate: Bool
    }

    /// Enough for an encoder that stumbles, and few enough to stay small: 16 pictures of 720p take 22 MB.
    private static let queueLength = 16

    private let stream: RecordedStream
    private var recorder: Recorder { stream.recorder }
    private let hub: LiveHub
    /// How long pictures may wait for the encoder when no more come; nil: until all are written.
    private let timeToDrain: Duration?
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)
    private let pictures = Channel<Picture>(capacity: queueLength, whenFull: .dropOldest)

    init(_ stream: RecordedStream, _ hub: LiveHub, timeToDrain: Duration? = nil) {
        self.stream = stream
        self.timeToDrain = timeToDrain
        self.hub = hub
        LiveMetrics.addQueue(hub.registry, "record") { [pictures] in pictures.count }
    }

    /// Starts or stops, as viewers wish.
    func follow(_ isWanted: Bool) {
        if recorder.status.isActive != isWanted {
            if isWanted {
                recorder.start()
            } else {
                recorder.stop()
                // Now, since no picture may follow that would tell the encoder.
                stream.encoder.finish()
            }
        }
        // A file is completed some time after the stop.
        if !isWanted { hub.noteRecording(recorder.status) }
    }

    var isActive: Bool { recorder.status.isActive }

    /// Takes over a picture, and the counting of what becomes of it. Never waits.
    func offer(_ picture: consuming Picture) {
        let isSlate = picture.isSlate
        switch pictures.offer(picture) {
        case .taken: break
        case .displacing(let oldest): if !oldest.isSlate { hub.ledger.drop(FrameLedger.Reason.encoder) }
        case .closed: if !isSlate { hub.ledger.drop(FrameLedger.Reason.end) }
        }
    }

    /// No more pictures come.
    func finish() {
        deadline.withLock { $0 = timeToDrain.map { .now + $0 } }
        pictures.finish()
    }

    /// Encodes until `finish`, and then waits for the file. The recorder counts what becomes of each picture.
    func run() async {
        while let picture = await pictures.receive() {
            let (start, isSlate) = (ContinuousClock.now, picture.isSlate)
            if let deadline = deadline.withLock({ $0 }), start >= deadline {
                if !isSlate { hub.ledger.drop(FrameLedger.Reason.end) }
                continue
            }
            stream.encoder.encode(picture.frame, picture.format, isSlate: isSlate)
            hub.metrics.record.observe((.now - start) / .seconds(1))
            hub.noteRecording(recorder.status)
        }
        stream.drain(within: deadline.withLock { $0 }.map { max($0 - .now, .zero) })
        hub.noteRecording(recorder.status)
    }
}

extension LiveHub {
    /// Tells those who ask over HTTP, and those who listen, how the recording goes.
    func noteRecording(_ status: RecordingStatus) {
        let recording = LiveState.Recording(
            isActive: status.isActive, file: status.file, seconds: status.seconds, bytes: status.bytes,
            problem: status.problem)
        if self.status.setRecording(recording) { events.publish(.recording(recording)) }
    }
}
