import Synchronization

/// Counts pictures that a source did not hand out as it should. Any thread may read it.
final class SourceCounters: Sendable {
    private let damagedCount = Atomic<Int>(0)
    private let supersededCount = Atomic<Int>(0)

    /// What could not be decoded, or only in part.
    var damaged: Int {
        get { damagedCount.load(ordering: .relaxed) }
        set { damagedCount.store(newValue, ordering: .relaxed) }
    }

    /// Passed over, because a newer picture was due already.
    var superseded: Int { supersededCount.load(ordering: .relaxed) }
    func countSuperseded() { supersededCount.add(1, ordering: .relaxed) }

    var drops: [String: Int] { ["damaged": damaged, "superseded": superseded] }
}
