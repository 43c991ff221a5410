import Pipeline

/// Pictures in flight, in the order in which they came: each in a slot whose memory is used again.
struct PictureQueue<Passes> {
    private let slots: [PictureInFlight<Passes>]
    private var oldest = 0
    private var count = 0

    /// - Parameter passes: one for each picture that may be in flight.
    init(_ passes: [Passes]) { slots = passes.map { PictureInFlight($0) } }

    var capacity: Int { slots.count }
    var isFull: Bool { count == slots.count }
    var isEmpty: Bool { count == 0 }

    /// Of all slots, whatever is in them.
    var passes: [Passes] { slots.map(\.passes) }

    /// Where the next picture goes.
    var free: PictureInFlight<Passes> {
        precondition(!isFull)
        return slots[(oldest + count) % slots.count]
    }

    /// Puts a picture into the free slot.
    mutating func enter(_ frame: consuming Frame, _ arrival: PictureIntake.Arrival) {
        let slot = free
        slot.frame = consume frame
        slot.arrival = arrival
        count += 1
    }

    /// The oldest picture, which stays as it is until as many others have come as there are slots; nil if there is none.
    mutating func leave() -> PictureInFlight<Passes>? {
        guard !isEmpty else { return nil }
        defer { (oldest, count) = ((oldest + 1) % slots.count, count - 1) }
        return slots[oldest]
    }
}

/// A picture in flight.
final class PictureInFlight<Passes> {
    let passes: Passes
    var frame: Frame?
    fileprivate(set) var arrival = PictureIntake.Arrival(number: nil, startsAnew: false, isLookedAt: true)

    init(_ passes: Passes) { self.passes = passes }
}
