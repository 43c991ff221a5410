import Capture
import Synchronization

/// What a live run is told from outside: to stop, or to go on with other settings.
final class LiveControl: Sendable {
    private struct State {
        var interrupt: Interrupt?
        /// That of an input which is open before the first pipeline.
        var expected: Interrupt?
        var isStopped = false
        var next: Config?
    }
    private let state = Mutex(State())

    /// The first pipeline's interrupt is this one.
    func expect(_ interrupt: Interrupt) { state.withLock { $0.expected = interrupt } }

    /// The interrupt of the pipeline that is about to start; nil if none should.
    func begin() -> Interrupt? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            let interrupt = state.expected.take() ?? Interrupt()
            state.interrupt = interrupt
            return interrupt
        }
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.interrupt?.raise()
        }
    }

    /// Ends the pipeline; the next one has these settings.
    func restart(with config: Config) {
        state.withLock { state in
            state.next = config
            state.interrupt?.raise()
        }
    }

    /// The settings that wait for the end of the pipeline.
    var next: Config? { state.withLock { $0.next } }

    /// The settings to go on with; nil: the run is over.
    func takeNext() -> Config? {
        state.withLock { state in
            defer { state.next = nil }
            return state.isStopped ? nil : state.next
        }
    }
}
