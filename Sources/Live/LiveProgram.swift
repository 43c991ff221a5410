import Pipeline
package import Serve
import Synchronization

/// What the HTTP server is told of this program. It is there before the pipeline, and outlives it.
package final class LiveProgram: Sendable {
    private struct State {
        /// nil until the model is loaded.
        var settings: LiveSettings?
        var problem: String?
        /// Why pictures that should come do not.
        var stall: String?
    }

    /// Why there is no pipeline yet.
    static let starting = "camstream is starting"

    /// Name and version, for those who ask.
    private let name: String
    private let status: LiveStatus
    private let ledger: FrameLedger
    private let pushes: PushList
    private let outlets: @Sendable () -> [LiveState.Outlet]
    private let state = Mutex(State(problem: starting))

    /// - Parameter outlets: tells what becomes of events.
    init(
        _ name: String, _ status: LiveStatus, _ ledger: FrameLedger, _ pushes: PushList = PushList(),
        outlets: @escaping @Sendable () -> [LiveState.Outlet] = { [] }
    ) {
        (self.pushes, self.outlets) = (pushes, outlets)
        self.name = name
        self.status = status
        self.ledger = ledger
    }

    /// The pipeline runs, with these settings.
    func start(_ settings: LiveSettings) {
        state.withLock { state in
            state.settings = settings
            state.problem = nil
            state.stall = nil
        }
    }

    /// There is no pipeline.
    func pause(_ problem: String) {
        state.withLock { state in
            state.problem = problem
            state.stall = nil
        }
    }

    /// - Parameter stall: why nothing comes through the pipeline; nil: it does.
    func note(stall: String?) { state.withLock { $0.stall = stall } }

    /// Whether there is a pipeline.
    var isRunning: Bool { state.withLock { $0.problem == nil } }

    var settings: LiveSettings? { state.withLock { $0.settings } }

    var snapshot: LiveState {
        var state = status.snapshot(program: name, frames: ledger.counts)
        state.pushes = pushes.states
        let outlets = outlets()
        if !outlets.isEmpty { state.outlets = outlets }
        return state
    }

    package var served: ServedProgram {
        ServedProgram(
            state: { self.snapshot },
            settings: { self.settings?.list ?? [] },
            change: { (changes) throws(SettingRefusal) in try self.settings?.change(changes) },
            problems: {
                let state = self.state.withLock { $0 }
                var problems = [state.problem, state.stall].compactMap { $0 }
                if let recording = self.status.recording?.problem { problems.append("recording: \(recording)") }
                return problems + self.pushes.problems
            })
    }
}
