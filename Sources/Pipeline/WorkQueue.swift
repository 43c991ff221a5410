import Dispatch
import Synchronization

/// A bounded queue, and a thread of its own that works through it: who offers something never waits, however long the work
/// takes. Where there is no room the oldest is lost, and whatever is lost is told, once.
package final class WorkQueue<Item: ~Copyable & Sendable>: Sendable {
    package enum Loss: Sendable {
        /// Newer ones came, and there was no room.
        case full
        /// It was not begun in time.
        case late
        /// The queue is closed.
        case closed
    }

    private let waiting: Channel<Item>
    private let thread: StageThread
    private let work: @Sendable (consuming Item) -> Void
    private let onLoss: @Sendable (borrowing Item, Loss) -> Void
    private let onIdle: @Sendable () -> Void
    /// Whether the thread has been told to work.
    private let isWorking = Atomic(false)
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameters:
    ///   - name: of the thread.
    ///   - capacity: how many may wait.
    ///   - work: what the thread does with each, in their order.
    ///   - onLoss: called at once, on the thread of whoever offers, or on the queue's own. Must not wait.
    ///   - onIdle: called on the thread when nothing waits any more.
    package init(
        _ name: String, capacity: Int, work: @escaping @Sendable (consuming Item) -> Void,
        onLoss: @escaping @Sendable (borrowing Item, Loss) -> Void, onIdle: @escaping @Sendable () -> Void = {}
    ) throws(LackOfResources) {
        thread = try StageThread(name)
        waiting = Channel(capacity: capacity, whenFull: .dropOldest)
        (self.work, self.onLoss, self.onIdle) = (work, onLoss, onIdle)
    }

    /// How many wait.
    package var count: Int { waiting.count }

    /// Takes over an item. Never waits.
    package func offer(_ item: consuming Item) {
        switch waiting.offer(item) {
        case .taken: break
        case .displacing(let oldest): onLoss(oldest, .full)
        case .closed(let item): return onLoss(item, .closed)
        }
        if !isWorking.exchange(true, ordering: .acquiringAndReleasing) { thread.run { [self] in workOff() } }
    }

    /// What is not begun by then is lost; nil: nothing is.
    package func expire(at time: ContinuousClock.Instant?) { deadline.withLock { $0 = time } }

    /// Takes no more; what waits is still worked on.
    package func close() { waiting.finish() }

    /// Does something on the thread, after all that was offered until now.
    package func then(_ last: @escaping @Sendable () -> Void) { thread.run(last) }

    /// Waits until all that was offered is done.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    /// - Returns: false if it is not done by then.
    @discardableResult
    package func drain(within limit: Duration? = nil) -> Bool { thread.wait(within: limit) }

    private func workOff() {
        repeat {
            while let item = waiting.poll() { take(item) }
            onIdle()
            isWorking.store(false, ordering: .sequentiallyConsistent)
            // Whoever offered in between has told nobody.
        } while waiting.count > 0 && !isWorking.exchange(true, ordering: .acquiringAndReleasing)
    }

    private func take(_ item: consuming Item) {
        if let end = deadline.withLock({ $0 }), .now >= end { return onLoss(item, .late) }
        work(item)
    }
}
