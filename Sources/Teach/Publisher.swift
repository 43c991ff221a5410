import Serve
import Synchronization

/// The state for viewers, and who is told of it: each change once, in their order.
final class Publisher: Sendable {
    private let known: Mutex<TeachState>
    /// What of the state others know at each moment.
    private let others = Mutex<@Sendable (inout TeachState) -> Void>({ _ in })
    /// Held while a change is told, so that an older state never follows a newer one.
    private let telling = Mutex<Void>(())
    private let onChange: @Sendable (TeachState) -> Void

    init(_ state: TeachState, onChange: @escaping @Sendable (TeachState) -> Void) {
        known = Mutex(state)
        self.onChange = onChange
    }

    var state: TeachState { known.withLock { $0 } }

    func follow(_ others: @escaping @Sendable (inout TeachState) -> Void) { self.others.withLock { $0 = others } }

    func publish(_ change: (inout TeachState) -> Void = { _ in }) {
        let others = others.withLock { $0 }
        telling.withLock { _ in
            let (state, isNew) = known.withLock { state in
                let before = state
                change(&state)
                others(&state)
                return (state, state != before)
            }
            if isNew { onChange(state) }
        }
    }
}
