import Encode
import Logging
import Pipeline

/// The encoder of a live picture, and the recorder that reads it on a thread of its own.
struct RecordedStream: Sendable {
    let encoder: LiveEncoder
    let recorder: Recorder
    private let queue: QueuedReader
    private let log: Logger

    /// - Parameter goesOn: whether this program has recorded before.
    /// - Throws: `EncodeError` if nothing could be recorded, `LackOfResources`. Nothing is written yet.
    init(_ config: EncodeConfig, goesOn: Bool, _ hub: LiveHub, _ log: Logger) throws {
        recorder = try Recorder(config, goesOn: goesOn) { [ledger = hub.ledger] picture, outcome in
            guard !picture.isSlate else { return }
            switch outcome {
            case .written, .off: ledger.write()
            case .dropped(.end): ledger.drop(FrameLedger.Reason.end)
            case .dropped(let reason): ledger.drop("recording-\(reason.rawValue)")
            }
        } onEvent: { event in
            log.log(level: event.isLoss ? .warning : .info, "\(event)")
        }
        encoder = try LiveEncoder(config)
        queue = try QueuedReader(recorder, name: "write")
        encoder.add(queue)
        self.log = log
        LiveMetrics.addQueue(hub.registry, "write", queue) { $0.count }
    }

    /// Waits until what is encoded is in the file.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    /// - Returns: false if it is not by then.
    @discardableResult
    func drain(within limit: Duration?) -> Bool { queue.drain(within: limit) }

    /// Ends. What a disk that hangs has not taken by then is lost; the file is completed when it is back, or by the next
    /// start.
    ///
    /// - Parameters:
    ///   - limit: how long the rest may take to be written; nil: as long as it takes.
    ///   - finish: called once it is written.
    func end(within limit: Duration?, _ finish: (Recorder) -> Void) {
        encoder.finish()
        if drain(within: limit) { return finish(recorder) }
        log.warning("the recording's disk does not answer: the last \(queue.count) pictures are lost")
        recorder.stop()
        queue.close()
    }
}
