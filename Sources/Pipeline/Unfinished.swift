import Synchronization

/// What is half made, and worth nothing as it is: files under temporary names, folders that are being put together. It is
/// removed when the process ends at once, as by a signal.
package final class Unfinished: Sendable {
    /// Of this process; tests have others.
    package static let ofProcess = Unfinished()

    private struct State {
        var next = 0
        var removals: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// - Parameter remove: removes the thing; called once at most, and not after it is settled.
    /// - Returns: a ticket to settle it by.
    package func add(_ remove: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.removals[state.next] = remove
            return state.next
        }
    }

    /// It is whole, or somebody else's care from now on.
    ///
    /// - Parameter step: what makes it so, in one step; nothing is removed before it or within it.
    package func settle<Value: Sendable, Failure: Error>(
        _ ticket: Int, by step: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try state.withLock { (state) throws(Failure) in
            state.removals[ticket] = nil
            return try step()
        }
    }

    package func settle(_ ticket: Int) { settle(ticket) {} }

    /// Removes all of it, and does what is last. Meanwhile nothing is begun, nor put in place: whoever tries waits.
    package func removeAll<Value: Sendable>(then end: () -> Value) -> Value {
        state.withLock { state in
            for remove in state.removals.values { remove() }
            state.removals = [:]
            return end()
        }
    }
}
