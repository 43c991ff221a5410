import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into a call; a second signal ends the process at once, and so does the first one's time limit.
///
/// Neither waits for what the call does, and from the first signal on nothing waits for a reader of the log.
/// Signals belong to the process, so it has one owner of them at a time: a second one would make the first deaf.
/// Whoever goes on in another's place is handed the same object, and says anew what is to be stopped.
final class Signals: @unchecked Sendable {  // safe: what is behind no lock is set at the start alone
    /// How long the end may take, and what is done then.
    struct Limit: Sendable {
        let milliseconds: Int
        /// Says why, and returns the exit code; gets the signal.
        let giveUp: @Sendable (Int32) -> Int32
    }

    private struct State {
        var received: Int32?
        var since = ContinuousClock.now
        var limit: Limit?
        var stop: (@Sendable () -> Void)?
    }

    /// GNU timeout sends each signal to the program and to its group: twice within a moment, which nobody who is impatient does.
    private static let sameSignal = Duration.milliseconds(100)

    private static let isOwned = Atomic(false)
    private let state = Mutex(State())
    private var caught: SignalPipe.Listening?
    // Two, so that neither waits for the other, nor for who listens.
    private let work = DispatchQueue(label: "stop")
    private let clock = DispatchQueue(label: "time limit")

    /// - Parameter numbers: what is listened to; tests, in whose process signals mean something else, take none.
    init(_ numbers: [Int32] = [SIGINT, SIGTERM]) {
        guard !numbers.isEmpty else { return }
        precondition(!Self.isOwned.exchange(true, ordering: .relaxed), "somebody listens to the signals already")
        caught = SignalPipe.listen(to: numbers) { [weak self, work] number in
            // Only after this line, in which it is held, so that whoever is told may let it go and make another one.
            let stop = self?.note(number)
            if let stop { work.async { stop() } }
        }
    }

    deinit {
        guard let caught else { return }
        SignalPipe.stop(caught)
        Self.isOwned.store(false, ordering: .relaxed)
    }

    /// Has something else called at the first signal, once, in place of what was to be called until now; at once, if
    /// that signal has come.
    func onStop(_ stop: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.stop = stop
            return state.received != nil
        }
        if isLate { stop() }
    }

    /// The signal that came, or nil.
    var received: Int32? { state.withLock { $0.received } }

    /// From the first signal on the end may take so long; nil: as long as it takes.
    func limit(_ limit: Limit?) {
        let received = state.withLock { state in
            state.limit = limit
            return state.received
        }
        if let received, limit != nil { startClock(received) }
    }

    /// Does what a signal does.
    func receive(_ number: Int32) { note(number)?() }

    /// - Returns: what is to be done.
    private func note(_ number: Int32) -> (@Sendable () -> Void)? {
        let (isFirst, isSame, stop, limit) = state.withLock { state in
            let isFirst = state.received == nil
            if isFirst { (state.received, state.since) = (number, .now) }
            let isSame = state.received == number && .now - state.since < Self.sameSignal
            return (isFirst, isSame, state.stop, state.limit)
        }
        if !isFirst {
            if isSame { return nil }
            _exit(128 + number)
        }
        StandardError.neverWaits()
        if limit != nil { startClock(number) }
        return stop
    }

    private func startClock(_ number: Int32) {
        guard let time = state.withLock({ $0.limit?.milliseconds }) else { return }
        clock.asyncAfter(deadline: .now() + .milliseconds(time)) { [weak self] in
            guard let limit = self?.state.withLock({ $0.limit }) else { return }
            let status = limit.giveUp(number)
            StandardError.flush(within: 100)
            _exit(status)
        }
    }
}
