import Batch
import Glibc
import Synchronization

/// What signals mean for a batch: SIGUSR1, which Slurm sends before the time is over, lets it finish what is under way; SIGTERM
/// and SIGINT give that up, and a second one ends the process at once.
final class BatchSignals: @unchecked Sendable {  // safe: what is behind no lock is set at the start alone
    private let first = Mutex<Int32?>(nil)
    private var caught: SignalPipe.Listening?

    /// - Parameter onStop: is told what to do, and of which signal.
    init(_ onStop: @escaping @Sendable (BatchRun.Stop, Int32) -> Void) {
        caught = SignalPipe.listen(to: [SIGINT, SIGTERM, SIGUSR1]) { [weak self] number in
            guard let self else { return }
            let before = first.withLock { first in
                defer { if number != SIGUSR1 || first == nil { first = number } }
                return first
            }
            if number == SIGUSR1 { return onStop(.soon, number) }
            if let before, before != SIGUSR1 { _exit(ExitStatus.interrupted(by: number)) }
            StandardError.neverWaits()
            onStop(.now, number)
        }
    }

    deinit {
        if let caught { SignalPipe.stop(caught) }
    }

    /// The strongest signal that came; nil: none.
    var received: Int32? { first.withLock { $0 } }
}
