import Encode
import Logging
import Pipeline
import Serve
import Synchronization

/// Writes the sidecar at its disk's own pace, on a thread of its own. What the disk is too slow for is left out and
/// counted; a disk that hangs holds up neither pictures nor settings.
final class LiveSidecar: LiveOutput {
    /// Some ten seconds of lines, which are small.
    static let queueLength = 256

    static let loss: OutputLoss? = OutputLoss(
        metric: "camstream_sidecar_dropped_total",
        help: "Lines that the sidecar lacks, because its disk was too slow or failed."
    ) { "the sidecar lacks \($0) lines" }

    /// Of the config; "": none.
    private let path: String
    private let lines: Lines
    private let waiting: WorkQueue<FrameRecord>
    private let hasEnded = Atomic(false)
    private let log: Logger

    static func open(_ opening: OutputOpening) throws -> LiveSidecar? {
        guard let path = opening.config.sidecar else { return nil }
        let writer = try SidecarWriter(path: path, replacing: opening.config.force)
        return try LiveSidecar(opening.hub, opening.log, path: path) { record throws(EncodeError) in
            try writer.write(record)
        } complete: { () throws(EncodeError) in
            try writer.finish()
        }
    }

    /// - Parameters:
    ///   - write: writes a line, however long it takes; not called any more after it has failed.
    ///   - complete: called once, after the last line.
    init(
        _ hub: LiveHub, _ log: Logger, path: String = "",
        write: @escaping @Sendable (FrameRecord) throws(EncodeError) -> Void,
        complete: @escaping @Sendable () throws(EncodeError) -> Void
    ) throws(LackOfResources) {
        (self.path, self.log) = (path, log)
        let lines = Lines(Self.loss!.counter(hub.registry), log, write: write, complete: complete)
        self.lines = lines
        waiting = try WorkQueue("sidecar", capacity: Self.queueLength) { record in
            lines.write(record)
        } onLoss: { _, loss in
            lines.lose(because: loss)
        } onIdle: {
            lines.noteRoom()
        }
        LiveMetrics.addQueue(hub.registry, "sidecar", waiting) { $0.count }
    }

    func goesOn(under config: EncodeConfig) -> Bool { config.sidecar == path }

    func wish(_ settings: LiveSettings.Values) -> PictureContent { .record }

    func offer(_ frame: borrowing Frame, _ picture: LivePicture) -> Bool {
        if let record = picture.record { offer(record) }
        return false
    }

    /// Takes over a line. Never waits.
    func offer(_ record: FrameRecord) { waiting.offer(record) }

    /// Takes no more lines, and gives the file its final name after the last.
    ///
    /// - Parameter limit: how long that may take; what is not done by then goes on by itself, for as long as the program
    ///   runs. Nil: as long as it takes.
    /// - Throws: `EncodeError` if the sidecar could not be completed.
    func finish(within limit: Duration? = nil) throws(EncodeError) {
        waiting.close()
        if !hasEnded.exchange(true, ordering: .acquiringAndReleasing) { waiting.then { [lines] in lines.end() } }
        guard waiting.drain(within: limit) else {
            return log.warning(
                "the sidecar's disk does not answer: \(waiting.count) lines are not written, and it has no name yet")
        }
        if let failure = lines.takeFailure() { throw failure }
    }
}

/// The lines that are written, and those that are left out.
private final class Lines: Sendable {
    private struct State {
        /// Lines left out since the disk was last in time.
        var leftOut = 0
        /// No more can be written.
        var hasFailed = false
        /// Why the file could not be completed.
        var failure: EncodeError?
    }

    private let lost: Counter
    private let log: Logger
    private let write: @Sendable (FrameRecord) throws(EncodeError) -> Void
    private let complete: @Sendable () throws(EncodeError) -> Void
    private let state = Mutex(State())

    init(
        _ lost: Counter, _ log: Logger, write: @escaping @Sendable (FrameRecord) throws(EncodeError) -> Void,
        complete: @escaping @Sendable () throws(EncodeError) -> Void
    ) {
        (self.lost, self.log, self.write, self.complete) = (lost, log, write, complete)
    }

    func write(_ record: FrameRecord) {
        if state.withLock({ $0.hasFailed }) { return lost.add() }
        do throws(EncodeError) {
            try write(record)
        } catch {
            lost.add()
            state.withLock { $0.hasFailed = true }
            log.error("the sidecar ends: \(error)")
        }
    }

    func lose(because loss: WorkQueue<FrameRecord>.Loss) {
        lost.add()
        guard loss == .full else { return }
        let isFirst = state.withLock { state in
            state.leftOut += 1
            return state.leftOut == 1 && !state.hasFailed
        }
        if isFirst { log.warning("the sidecar's disk is too slow: lines are left out") }
    }

    /// Nothing waits any more.
    func noteRoom() {
        let leftOut = state.withLock { state in
            defer { state.leftOut = 0 }
            return state.hasFailed ? 0 : state.leftOut
        }
        if leftOut > 0 { log.notice("the sidecar's disk is in time again: \(leftOut) lines were left out") }
    }

    func end() {
        // A failure that ended it is told already, and the run is none the worse for it.
        if state.withLock({ $0.hasFailed }) { return }
        do throws(EncodeError) { try complete() } catch { state.withLock { $0.failure = error } }
    }

    func takeFailure() -> EncodeError? { state.withLock { $0.failure.take() } }
}
