import Synchronization

/// Says of each picture whether it is to be recorded, without waiting for a disk: what the recorder's two sides, the
/// encoder's thread and that of the files, know of each other. All times are in microseconds.
final class RecordingGate: Sendable {
    enum Answer {
        case wish(PictureWish)
        case pause(Recorder.DropReason)
    }

    private struct State {
        /// Since when and until when there is no trying.
        var pause: (since: Int64, until: Int64, reason: Recorder.DropReason)?
        var wasPaused = false
        /// Of the current segment; nil: none has begun.
        var start: Int64?
        /// Whether a file has ended out of turn, so that the next one must begin.
        var mustStart = false
        var hasToldSlowness = false
    }

    private let segment: Int64?
    private let report: RecordingReport
    private let state = Mutex(State())

    /// - Parameter segment: length of files; nil: they are not cut.
    init(segment: TimeSpan?, _ report: RecordingReport) {
        self.segment = segment.map { Int64($0.seconds) * 1_000_000 }
        self.report = report
    }

    /// Why there is a pause, if there is one.
    var reason: Recorder.DropReason? { state.withLock { $0.pause?.reason } }

    // MARK: - The encoder's side

    /// What is wanted of a picture while recording.
    func answer(at time: Int64) -> Answer {
        state.withLock { state in
            if let pause = state.pause, pause.since <= time, time < pause.until { return .pause(pause.reason) }
            let isOver = state.start.map { start in time < start || segment.map { time - start >= $0 } ?? false }
            let starts = state.mustStart || isOver == true
            if starts || isOver == nil { state.start = time }
            state.mustStart = false
            return .wish(starts ? .start : .picture)
        }
    }

    /// Nobody wants a recording.
    func reset() {
        state.withLock { $0 = State() }
        report.update { $0.problem = nil }
    }

    /// The disk is too slow; told once a file.
    func noteSlowness() {
        let isNew = state.withLock { state in
            defer { state.hasToldSlowness = true }
            return !state.hasToldSlowness
        }
        if isNew { report.tell(.slowDisk) }
    }

    // MARK: - Both

    /// Tells the trouble, once for all tries, and lets pictures pass for a while.
    func pause(because problem: EncodeError, at time: Int64, for interval: Int64) {
        let problem = problem.ofRecording
        let isNew = state.withLock { state in
            state.pause = (since: time, until: time + interval, reason: problem.dropReason)
            state.mustStart = true
            defer { state.wasPaused = true }
            return !state.wasPaused
        }
        // Once, not at each try; how much room is left changes all the time.
        if isNew { report.tell(.paused(problem)) }
        report.update { $0.problem = "recording pauses: \(problem)" }
    }

    /// A file begins.
    ///
    /// - Returns: whether it is the first after a pause.
    func noteBeginning(at time: Int64) -> Bool {
        state.withLock { state in
            state.pause = nil
            state.hasToldSlowness = false
            if state.start.map({ time > $0 }) ?? true { state.start = time }
            defer { state.wasPaused = false }
            return state.wasPaused
        }
    }
}

extension EncodeError {
    /// The same, in words for what goes on, and keeps what it has.
    fileprivate var ofRecording: EncodeError {
        if case .diskFull(let path) = self { .noRoom(folder: path.folder, left: nil) } else { self }
    }
}
