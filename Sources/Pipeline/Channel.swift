import DequeModule
import Synchronization

/// A bounded queue between two stages: one sends, one receives.
package final class Channel<Element: ~Copyable & Sendable>: Sendable {
    package enum WhenFull: Sendable {
        /// A file: every frame counts, so the sender waits.
        case block
        /// A camera: the newest frame counts, so the oldest is freed.
        case dropOldest
    }

    private struct State: ~Copyable {
        var queue: RigidDeque<Element>
        var isFinished = false
        var dropped = 0
        var waitingSender: CheckedContinuation<Void, Never>?
        var waitingReceiver: CheckedContinuation<Void, Never>?

        /// Both ends look again at what has changed. Resume them after the lock is released.
        mutating func takeWaiting() -> (CheckedContinuation<Void, Never>?, CheckedContinuation<Void, Never>?) {
            defer {
                waitingSender = nil
                waitingReceiver = nil
            }
            return (waitingSender, waitingReceiver)
        }
    }

    private let whenFull: WhenFull
    private let state: Mutex<State>

    package init(capacity: Int, whenFull: WhenFull) {
        precondition(capacity > 0)
        self.whenFull = whenFull
        state = Mutex(State(queue: RigidDeque(capacity: capacity)))
    }

    /// How many elements `dropOldest` freed so far.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// How many elements wait.
    package var count: Int { state.withLock { $0.queue.count } }

    /// What became of an element that was offered.
    package enum Offered: ~Copyable {
        case taken
        /// Taken, in place of the oldest one, which is handed back.
        case displacing(Element)
        /// The channel is closed; the element is handed back.
        case closed(Element)
    }

    /// Puts an element at the end of a channel that drops its oldest one when it is full. Never waits.
    package func offer(_ element: consuming Element) -> Offered {
        precondition(whenFull == .dropOldest)
        var offered: Element? = consume element
        var oldest: Element?
        let outcome: Outcome = state.withLock { state in
            if state.isFinished { return .closed }
            if state.queue.isFull {
                oldest = state.queue.popFirst()
                state.dropped += 1
            }
            state.queue.append(offered.take()!)
            let receiver = state.waitingReceiver
            state.waitingReceiver = nil
            return .done(receiver)
        }
        guard case .done(let receiver) = outcome else { return .closed(offered.take()!) }
        receiver?.resume()
        if let oldest = oldest.take() { return .displacing(oldest) }
        return .taken
    }

    /// Puts an element at the end. Waits for room where the channel blocks.
    ///
    /// - Returns: false if the channel is closed; the element is freed, and no later one will be taken.
    package func send(_ element: consuming Element) async -> Bool {
        var offered: Element? = consume element
        while true {
            // The closure is handed over as an Optional, because a lock's closure cannot consume a captured value.
            var element = offered.take()
            let outcome: Outcome = state.withLock { state in
                if state.isFinished { return .closed }
                if state.queue.isFull {
                    if whenFull == .block { return .full }
                    _ = state.queue.popFirst()
                    state.dropped += 1
                }
                state.queue.append(element.take()!)
                let receiver = state.waitingReceiver
                state.waitingReceiver = nil
                return .done(receiver)
            }
            switch outcome {
            case .closed: return false
            case .done(let receiver):
                receiver?.resume()
                return true
            case .full:
                offered = element.take()
                await waitForRoom()
            }
        }
    }

    /// Takes the first element; waits for one.
    ///
    /// - Returns: nil if the channel is finished and drained, or cancelled.
    package func receive() async -> Element? {
        while true {
            var taken: Element?
            let outcome: Outcome = state.withLock { state in
                taken = state.queue.popFirst()
                if taken == nil { return state.isFinished ? .closed : .full }
                let sender = state.waitingSender
                state.waitingSender = nil
                return .done(sender)
            }
            switch outcome {
            case .closed: return nil
            case .done(let sender):
                sender?.resume()
                return taken
            case .full: await waitForElement()
            }
        }
    }

    /// Takes the first element of a channel that drops its oldest one, if there is one. Never waits; any thread may call it.
    package func poll() -> Element? {
        precondition(whenFull == .dropOldest)
        return state.withLock { $0.queue.popFirst() }
    }

    /// No more will come; the receiver gets what is queued, then nil.
    package func finish() {
        close(keepingQueued: true)
    }

    /// Gives up: queued elements are freed, the sender is told at its next call.
    package func cancel() {
        close(keepingQueued: false)
    }

    private enum Outcome {
        case closed
        /// Full for a sender, empty for a receiver: wait.
        case full
        case done(CheckedContinuation<Void, Never>?)
    }

    private func close(keepingQueued: Bool) {
        let (sender, receiver) = state.withLock { state in
            state.isFinished = true
            if !keepingQueued { state.queue.removeAll() }
            return state.takeWaiting()
        }
        sender?.resume()
        receiver?.resume()
    }

    private func waitForRoom() async {
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                if state.isFinished || !state.queue.isFull { return true }
                state.waitingSender = continuation
                return false
            }
            if mayGoOn { continuation.resume() }
        }
    }

    private func waitForElement() async {
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                if state.isFinished || !state.queue.isEmpty { return true }
                state.waitingReceiver = continuation
                return false
            }
            if mayGoOn { continuation.resume() }
        }
    }
}
