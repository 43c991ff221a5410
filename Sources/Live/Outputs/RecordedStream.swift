import Encode
import Logging
import Pipeline

/// A recorder that reads packets on a thread of its own, whoever makes them.
struct RecordedStream: Sendable {
    let recorder: Recorder
    /// Takes the packets for it.
    let queue: QueuedReader
    private let log: Logger

    /// - Parameter onPicture: as `Recorder` has it.
    /// - Throws: `EncodeError` if nothing could be recorded, `LackOfResources`. Nothing is written yet.
    init(
        _ opening: OutputOpening, onPicture: @escaping @Sendable (PictureStamp, Recorder.Outcome) -> Void
    ) throws {
        let log = opening.log
        recorder = try Recorder(opening.config, goesOn: opening.goesOn, onPicture: onPicture) { event in
            log.log(level: event.isLoss ? .warning : .info, "\(event)")
        }
        queue = try QueuedReader(recorder, name: "write")
        self.log = log
        LiveMetrics.addQueue(opening.hub.registry, "write", queue) { $0.count }
    }

    /// Waits until the packets that came are in the file.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    /// - Returns: false if it is not by then.
    @discardableResult
    func drain(within limit: Duration?) -> Bool { queue.drain(within: limit) }

    /// Ends, once no more packets come. What a disk that hangs has not taken by then is lost; the file is completed when it is back, or by the next
    /// start.
    ///
    /// - Parameters:
    ///   - limit: how long the rest may take to be written; nil: as long as it takes.
    ///   - finish: called once it is written.
    func end(within limit: Duration?, _ finish: (Recorder) -> Void) {
        if drain(within: limit) { return finish(recorder) }
        log.warning("the recording's disk does not answer: the last \(queue.count) frames are lost")
        recorder.stop()
        queue.close()
    }
}
