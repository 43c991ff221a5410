import Synchronization

/// A number that only grows.
package final class Counter: Sendable {
    private let count = Atomic(0)

    package func add(_ amount: Int = 1) { count.add(amount, ordering: .relaxed) }
    package var value: Int { count.load(ordering: .relaxed) }
}

/// How often a measurement fell below each of some bounds.
package final class Histogram: Sendable {
    let bounds: [Double]
    private let state: Mutex<(counts: [Int], sum: Double)>

    init(_ bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must rise")
        self.bounds = bounds
        state = Mutex((Array(repeating: 0, count: bounds.count + 1), 0))
    }

    package func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Observations between one bound and the next, and the sum of all.
    var snapshot: (counts: [Int], sum: Double) { state.withLock { $0 } }
}
