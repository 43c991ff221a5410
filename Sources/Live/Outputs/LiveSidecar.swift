import DequeModule
import Dispatch
import Encode
import Logging
import Pipeline
import Serve
import Synchronization

/// Writes the sidecar at its disk's own pace, on a thread of its own. What the disk is too slow for is left out and
/// counted; a disk that hangs holds up neither pictures nor settings.
final class LiveSidecar: Sendable {
    private struct State {
        var waiting = Deque<FrameRecord>()
        /// Whether the thread has been told to write.
        var isWriting = false
        /// Lines left out since the disk was last in time.
        var leftOut = 0
        /// No more lines are taken.
        var isClosed = false
        /// Why no more can be written.
        var failure: EncodeError?
    }

    /// Some ten seconds of lines, which are small.
    static let queueLength = 256

    private let write: @Sendable (FrameRecord) throws(EncodeError) -> Void
    private let complete: @Sendable () throws(EncodeError) -> Void
    private let hub: LiveHub
    private let log: Logger
    private let thread: StageThread
    private let state = Mutex(State())
    private let completed = DispatchSemaphore(value: 0)

    convenience init(_ writer: SidecarWriter, _ hub: LiveHub, _ log: Logger) throws(LackOfResources) {
        try self.init(hub, log) { record throws(EncodeError) in
            try writer.write(record)
        } complete: { () throws(EncodeError) in
            try writer.finish()
        }
    }

    /// - Parameters:
    ///   - write: writes a line, however long it takes; not called any more after it has failed.
    ///   - complete: called once, after the last line.
    init(
        _ hub: LiveHub, _ log: Logger, write: @escaping @Sendable (FrameRecord) throws(EncodeError) -> Void,
        complete: @escaping @Sendable () throws(EncodeError) -> Void
    ) throws(LackOfResources) {
        thread = try StageThread("sidecar")
        (self.write, self.complete) = (write, complete)
        (self.hub, self.log) = (hub, log)
        LiveMetrics.addQueue(hub.registry, "sidecar") { [weak self] in self?.state.withLock { $0.waiting.count } ?? 0 }
    }

    /// Takes over a line. Never waits.
    func offer(_ record: FrameRecord) {
        let (isNew, isLate, isLost) = state.withLock { state in
            guard !state.isClosed, state.failure == nil else { return (false, false, true) }
            let isFull = state.waiting.count == Self.queueLength
            if isFull {
                state.waiting.removeFirst()
                state.leftOut += 1
            }
            state.waiting.append(record)
            defer { state.isWriting = true }
            return (!state.isWriting, isFull && state.leftOut == 1, isFull)
        }
        if isLost { hub.metrics.sidecarDropped.add() }
        if isLate { log.warning("the sidecar's disk is too slow: lines are left out") }
        if isNew { thread.run { [self] in writeWaiting() } }
    }

    /// Takes no more lines, and gives the file its final name after the last.
    ///
    /// - Parameter limit: how long that may take; what is not done by then goes on by itself, for as long as the program
    ///   runs. Nil: as long as it takes.
    /// - Throws: `EncodeError` if the sidecar could not be completed.
    func finish(within limit: Duration? = nil) throws(EncodeError) {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        if isFirst {
            thread.run { [self] in
                writeWaiting()
                completeFile()
            }
        }
        let end = limit.map { DispatchTime.now() + .nanoseconds(Int($0 / .nanoseconds(1))) } ?? .distantFuture
        guard completed.wait(timeout: end) == .success else {
            let count = state.withLock { $0.waiting.count }
            return log.warning(
                "the sidecar's disk does not answer: \(count) lines are not written, and it has no name yet")
        }
        completed.signal()
        if let failure = state.withLock({ $0.failure.take() }) { throw failure }
    }

    private func writeWaiting() {
        while let record = next() {
            do throws(EncodeError) {
                try write(record)
            } catch {
                state.withLock { state in
                    state.failure = error
                    state.waiting.removeAll()
                }
                log.error("the sidecar ends: \(error)")
            }
        }
    }

    /// The line to write; nil: none waits.
    private func next() -> FrameRecord? {
        let (record, leftOut) = state.withLock { state -> (FrameRecord?, Int) in
            let record = state.waiting.popFirst()
            guard record == nil else { return (record, 0) }
            state.isWriting = false
            defer { state.leftOut = 0 }
            return (nil, state.leftOut)
        }
        if leftOut > 0 { log.notice("the sidecar's disk is in time again: \(leftOut) lines were left out") }
        return record
    }

    private func completeFile() {
        let hasFailed = state.withLock { state in
            // It is told already, and the run is none the worse for it.
            defer { state.failure = nil }
            return state.failure != nil
        }
        if !hasFailed {
            do throws(EncodeError) { try complete() } catch { state.withLock { $0.failure = error } }
        }
        completed.signal()
    }
}
