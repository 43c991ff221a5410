import DequeModule
import Synchronization

/// What waits for one client: the newest values. Whoever puts one in never waits, and a full box frees its oldest value.
package final class Mailbox<Value: Sendable>: Sendable {
    private struct State {
        var values: Deque<Value> = []
        var dropped = 0
        var isFinished = false
        var waiter: CheckedContinuation<Value?, Never>?
    }

    private let capacity: Int
    private let state = Mutex(State())

    package init(capacity: Int = 1) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    /// How many values were freed unread.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// Whether there is a value to take.
    var isWaiting: Bool { state.withLock { !$0.values.isEmpty } }

    package func put(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
            if state.isFinished { return nil }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            if state.values.count == capacity {
                state.values.removeFirst()
                state.dropped += 1
            }
            state.values.append(value)
            return nil
        }
        waiter?.resume(returning: value)
    }

    /// Takes the oldest value; waits for one. For one reader only.
    ///
    /// - Returns: nil if the box is finished, which it also is when the reader's task is cancelled.
    package func next() async -> Value? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Value?? in
                    if let value = state.values.popFirst() { return .some(value) }
                    if state.isFinished { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            finish()
        }
    }

    /// Frees what waits; no more will come or be taken.
    package func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            state.values.removeAll()
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }
}
