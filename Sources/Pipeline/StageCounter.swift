import Synchronization

/// Counts what a stage has done and how long it took, for the progress line and the summary.
package final class StageCounter: Sendable {
    package let name: String
    private let count = Atomic<Int>(0)
    private let nanoseconds = Atomic<Int64>(0)

    package init(_ name: String) { self.name = name }

    package var done: Int { count.load(ordering: .relaxed) }

    /// Time spent in the stage's own work, not in waiting for its neighbours.
    package var busy: Duration { .nanoseconds(nanoseconds.load(ordering: .relaxed)) }

    /// Runs the stage's work on one element, and adds up the time and the element.
    package func measure<Element: ~Copyable, Result: ~Copyable>(
        _ element: consuming Element, _ work: (consuming Element) throws -> Result
    ) rethrows -> Result {
        let start = ContinuousClock.now
        let result = try work(element)
        addTime(since: start)
        count.add(1, ordering: .relaxed)
        return result
    }

    /// The same for an element that the work only looks at.
    package func measureOne(_ work: () throws -> Void) rethrows {
        try measureTime(work)
        count.add(1, ordering: .relaxed)
    }

    /// Runs work that belongs to no single element, such as the flush at the end, and adds up the time.
    package func measureTime<Result: ~Copyable>(_ work: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { addTime(since: start) }
        return try work()
    }

    private func addTime(since start: ContinuousClock.Instant) {
        let elapsed = (ContinuousClock.now - start).components
        nanoseconds.add(elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000, ordering: .relaxed)
    }
}
