import CFFmpeg
import Pipeline
import Synchronization

@testable import Encode

/// A recorder that reads an encoder of its own, on the thread of the pictures.
final class EncodedRecording: Sendable {
    let encoder: LiveEncoder
    let recorder: Recorder
    private let outcomes: Outcomes

    private final class Outcomes: Sendable {
        let known = Mutex<[Int64: Recorder.Outcome]>([:])
    }

    init(_ config: EncodeConfig, room: DiskRoom, onEvent: @escaping @Sendable (RecordingEvent) -> Void) throws {
        let outcomes = Outcomes()
        self.outcomes = outcomes
        recorder = try Recorder(
            config, metadata: OutputMetadata(), room: room,
            onPicture: { picture, outcome in outcomes.known.withLock { $0[picture.time] = outcome } }, onEvent: onEvent)
        encoder = try LiveEncoder(config)
        encoder.add(recorder)
    }

    /// - Returns: what became of the picture; `.written` also while it is in the encoder.
    func write(_ frame: consuming Frame, _ format: VideoFormat) -> Recorder.Outcome {
        outcomes.known.withLock { $0 = [:] }
        let time = av_rescale_q(frame.pts, frame.timeBase, AVRational(num: 1, den: 1_000_000))
        encoder.encode(frame, format)
        return outcomes.known.withLock { $0[time] } ?? .written
    }

    func start() { recorder.start() }
    func stop() { recorder.stop() }

    func finish(within limit: Duration? = nil) {
        encoder.finish()
        recorder.finish(within: limit)
    }

    var status: RecordingStatus { recorder.status }

    func runBehindScenes(_ work: @escaping @Sendable () -> Void) { recorder.runBehindScenes(work) }
}
