import Synchronization

/// What a source did not hand out as it should. Any thread may read it.
final class SourceCounters: Sendable {
    private let corruptCount = Atomic<Int>(0)
    private let damagedCount = Atomic<Int>(0)
    private let supersededCount = Atomic<Int>(0)

    /// Packets that were marked as corrupt, could not be decoded, or gave a picture with parts made up.
    var corrupt: Int {
        get { corruptCount.load(ordering: .relaxed) }
        set { corruptCount.store(newValue, ordering: .relaxed) }
    }

    /// Of these: those of which no picture could be made.
    var damaged: Int {
        get { damagedCount.load(ordering: .relaxed) }
        set { damagedCount.store(newValue, ordering: .relaxed) }
    }

    /// Passed over, because a newer picture was due already.
    var superseded: Int { supersededCount.load(ordering: .relaxed) }
    func countSuperseded() { supersededCount.add(1, ordering: .relaxed) }
}
