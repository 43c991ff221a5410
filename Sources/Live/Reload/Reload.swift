import Capture
import Logging
import Pipeline
import Synchronization

/// Which settings a live run goes on with: one pipeline after the other, as settings are read again.
///
/// Other settings come at any time, from another thread. None is lost, the newest win:
///
/// | the pipeline | settings that a running one can take | all others |
/// | --- | --- | --- |
/// | is being opened | it gets them as soon as it is open | the opening is given up for one with them |
/// | runs | it takes them at once | it ends, and the next one is opened with them |
/// | ends for others | the next one is opened with them | the same |
///
/// Settings with which none can be opened lead back to those that the last one had.
package final class Reload: Sendable {
    /// A pipeline that is to be opened.
    struct Attempt: Sendable {
        enum Reason: Sendable { case start, newSettings, oldSettings, again }
        let config: CameraConfig
        /// Ends the opening, and the pipeline.
        let interrupt: Interrupt
        let reason: Reason
    }

    /// What becomes of settings that are read again.
    package enum Answer: Sendable { case unchanged, taken, waiting, restarting }

    /// Hands a pipeline that is open other settings.
    typealias Apply = @Sendable (CameraConfig) throws -> Void

    private enum Phase { case between, opening, running }

    private struct State {
        var phase = Phase.between
        /// Of the pipeline that is being opened or runs, and what ends it.
        var config: CameraConfig
        var interrupt: Interrupt
        /// What to go on with.
        var next: CameraConfig?
        /// Whether the pipeline is told to end for `next`.
        var isEnding = false
        var reason = Attempt.Reason.start
        /// What a pipeline was opened with before, or might have been.
        var fallback: CameraConfig?
        var isOver = false
    }
    private let state: Mutex<State>
    private let log: Logger

    /// - Parameter interrupt: that of an input which is open before the first pipeline.
    init(_ config: CameraConfig, _ interrupt: Interrupt? = nil, _ log: Logger) {
        state = Mutex(State(config: config, interrupt: interrupt ?? Interrupt(), next: config))
        self.log = log
    }

    /// What was read last, and is not refused.
    var newest: CameraConfig { state.withLock { $0.next ?? $0.config } }

    /// Ends the run.
    func stop() {
        state.withLock { state in
            state.isOver = true
            state.interrupt.raise()
        }
    }

    /// Takes other settings.
    ///
    /// - Parameter apply: called at once, or never.
    /// - Throws: what `apply` throws; the settings are then refused.
    func take(_ new: CameraConfig, _ apply: Apply) throws -> Answer {
        try state.withLock { state in
            guard !state.isOver, new != state.next ?? state.config else { return .unchanged }
            let suits = !state.isEnding && new.differsOnlyInLiveSettings(from: state.config)
            switch state.phase {
            case .running where suits:
                try apply(new)
                state.config = new
                return .taken
            case .opening where suits:
                state.next = new
                return .waiting
            case .between:
                state.next = new
                return .waiting
            case .opening, .running:
                state.next = new
                state.isEnding = true
                state.interrupt.raise()
                return .restarting
            }
        }
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// Whether it is to end, or to go on with other settings.
    var isWanted: Bool { state.withLock { $0.isOver || $0.next != nil } }

    /// Runs one pipeline after the other until one ends by itself, or `stop`.
    ///
    /// - Parameters:
    ///   - open: gives what runs the pipeline; nil: the attempt's interrupt came first.
    ///   - apply: hands the pipeline that was opened last other settings.
    ///   - goOn: asked where there are no other settings to go on with; true: the same ones are tried again.
    /// - Throws: why a pipeline cannot be opened or fails, where it does not go on.
    func run(
        _ open: (Attempt) throws -> (() async throws -> Void)?, _ apply: Apply,
        afterFailure goOn: (any Error) async -> Bool = { _ in false }
    ) async throws {
        while let attempt = begin() {
            do {
                guard let pipeline = try open(attempt) else {
                    noteCutShort()
                    continue
                }
                noteOpened(apply)
                try await pipeline()
                noteEnd()
            } catch {
                guard recover() else {
                    guard await goOn(error) else { throw error }
                    tryAgain()
                    continue
                }
                log.error("\(error)")
                if case .oldSettings = state.withLock({ $0.reason }) { log.notice("the old settings are kept") }
            }
        }
    }

    /// The pipeline to open; nil: the run is over.
    private func begin() -> Attempt? {
        let attempt = state.withLock { state -> Attempt? in
            guard !state.isOver, let next = state.next.take() else {
                state.isOver = true
                return nil
            }
            if state.reason != .start { state.interrupt = Interrupt() }
            defer { state.reason = .newSettings }
            state.config = next
            state.isEnding = false
            state.phase = .opening
            return Attempt(config: next, interrupt: state.interrupt, reason: state.reason)
        }
        if attempt?.reason == .newSettings { log.notice("starting again with the new settings") }
        return attempt
    }

    private func noteCutShort() {
        state.withLock { state in
            state.phase = .between
            // They may be right; those of a pipeline that was open are.
            state.fallback = state.fallback ?? state.config
        }
    }

    /// Settings that came during the opening hold from the start, unless another opening is needed.
    private func noteOpened(_ apply: Apply) {
        let outcome: Result<Bool, any Error> = state.withLock { state in
            state.phase = .running
            guard !state.isEnding, let next = state.next.take() else { return .success(false) }
            return Result {
                try apply(next)
                state.config = next
                return true
            }
        }
        switch outcome {
        case .success(true): log.notice("the new settings hold")
        case .success(false): break
        case .failure(let error):
            log.error("\(error)")
            log.notice("the old settings are kept")
        }
    }

    private func noteEnd() {
        state.withLock { state in
            state.phase = .between
            state.fallback = state.config
        }
    }

    private func tryAgain() {
        state.withLock { state in
            state.reason = state.next == nil ? .again : .newSettings
            state.next = state.next ?? state.config
        }
    }

    /// After a failure, finds what to go on with.
    ///
    /// - Returns: false if there is nothing.
    private func recover() -> Bool {
        state.withLock { state in
            let hasRun = state.phase == .running
            state.phase = .between
            // Whoever is stopping need not go back.
            if state.isOver { return state.fallback != nil }
            if state.next != nil { return true }
            guard !hasRun, let old = state.fallback.take() else { return false }
            state.next = old
            state.reason = .oldSettings
            return true
        }
    }
}
