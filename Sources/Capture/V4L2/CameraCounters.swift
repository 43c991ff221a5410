import Synchronization

/// What became of a camera's pictures. Any thread may read it.
package final class CameraCounters: Sendable {
    private let takenCount = Atomic<Int>(0)
    private let damagedCount = Atomic<Int>(0)
    private let mendedCount = Atomic<Int>(0)
    private let missedCount = Atomic<Int>(0)
    private let supersededCount = Atomic<Int>(0)
    private let guessedCount = Atomic<Int>(0)

    init() {}

    /// Pictures that the driver has handed over, damaged and superseded ones too.
    package var taken: Int { takenCount.load(ordering: .relaxed) }
    /// Of these: marked as damaged by the driver, too short, or not decodable.
    package var damaged: Int { damagedCount.load(ordering: .relaxed) }
    /// Of the damaged ones: those that came out all the same, as good as could be.
    package var mended: Int { mendedCount.load(ordering: .relaxed) }
    /// Of all: passed over, because a newer one was there already.
    package var superseded: Int { supersededCount.load(ordering: .relaxed) }
    /// Pictures that the driver had no free buffer for, by its own numbering.
    package var missed: Int { missedCount.load(ordering: .relaxed) }
    /// Pictures with a missing or wrong time, for which the time of their taking over stands.
    package var guessedTimes: Int { guessedCount.load(ordering: .relaxed) }

    func countTaken() { takenCount.add(1, ordering: .relaxed) }
    func countDamaged() { damagedCount.add(1, ordering: .relaxed) }
    func countMended() {
        countDamaged()
        mendedCount.add(1, ordering: .relaxed)
    }
    func countSuperseded() { supersededCount.add(1, ordering: .relaxed) }
    func countMissed(_ count: Int) { missedCount.add(count, ordering: .relaxed) }
    func countGuessedTime() { guessedCount.add(1, ordering: .relaxed) }

    /// Starts again at 0.
    func reset() {
        takenCount.store(0, ordering: .relaxed)
        damagedCount.store(0, ordering: .relaxed)
        mendedCount.store(0, ordering: .relaxed)
        missedCount.store(0, ordering: .relaxed)
        supersededCount.store(0, ordering: .relaxed)
        guessedCount.store(0, ordering: .relaxed)
    }
}
