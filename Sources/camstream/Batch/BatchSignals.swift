import Batch
import Glibc
import Synchronization

/// What signals mean for a batch: SIGUSR1, which Slurm sends before the time is over, lets it finish what is under way; SIGTERM
/// and SIGINT give that up, and a second one ends the process at once.
final class BatchSignals: @unchecked Sendable {  // safe: what is behind no lock is set at the start alone
    private struct State {
        var first: Int32?
        var onStop: (@Sendable (BatchRun.Stop, Int32) -> Void)?
    }

    private let state = Mutex(State())
    private var caught: SignalPipe.Listening?

    init() {
        caught = SignalPipe.listen(to: [SIGINT, SIGTERM, SIGUSR1]) { [weak self] number in
            guard let self else { return }
            let (before, onStop) = state.withLock { state in
                defer { if number != SIGUSR1 || state.first == nil { state.first = number } }
                return (state.first, state.onStop)
            }
            if number == SIGUSR1 {
                onStop?(.soon, number)
                return
            }
            if let before, before != SIGUSR1 { _exit(ExitStatus.interrupted(by: number)) }
            StandardError.neverWaits()
            onStop?(.now, number)
        }
    }

    /// - Parameter onStop: is told what to do, and of which signal; at once, if one has come.
    func onStop(_ onStop: @escaping @Sendable (BatchRun.Stop, Int32) -> Void) {
        let first = state.withLock { state in
            state.onStop = onStop
            return state.first
        }
        if let first { onStop(first == SIGUSR1 ? .soon : .now, first) }
    }

    deinit {
        if let caught { SignalPipe.stop(caught) }
    }

    /// The strongest signal that came; nil: none.
    var received: Int32? { state.withLock { $0.first } }
}
