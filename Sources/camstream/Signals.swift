import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into a call; a second signal ends the process at once.
///
/// Signals belong to the process, so it has one owner of them at a time: a second one would make the first deaf.
/// Whoever goes on in another's place is handed the same object, and says anew what is to be stopped.
final class Signals: @unchecked Sendable {  // safe: what is behind no lock is set at the start alone
    private struct State {
        var received: Int32?
        var stop: (@Sendable () -> Void)?
    }

    private static let isOwned = Atomic(false)
    private let state = Mutex(State())
    private var sources: [any DispatchSourceSignal] = []

    /// - Parameter numbers: what is listened to; tests, in whose process signals mean something else, take none.
    init(_ numbers: [Int32] = [SIGINT, SIGTERM]) {
        guard !numbers.isEmpty else { return }
        precondition(!Self.isOwned.exchange(true, ordering: .relaxed), "somebody listens to the signals already")
        let queue = DispatchQueue(label: "signals")
        let registered = DispatchSemaphore(value: 0)
        sources = numbers.map { number in
            signal(number, SIG_IGN)  // the default action would come before the source's handler
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setRegistrationHandler { registered.signal() }
            source.setEventHandler { [weak self] in self?.receive(number) }
            source.resume()
            return source
        }
        // Until then a signal is ignored, and lost.
        for _ in numbers { registered.wait() }
    }

    deinit {
        for source in sources { source.cancel() }
        if !sources.isEmpty { Self.isOwned.store(false, ordering: .relaxed) }
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

    /// Does what a signal does.
    func receive(_ number: Int32) {
        let (isFirst, stop) = state.withLock { state in
            defer { state.received = state.received ?? number }
            return (state.received == nil, state.stop)
        }
        guard isFirst else { _exit(128 + number) }
        stop?()
    }
}
