import Pipeline

/// Wall time minus monotonic time, for pictures whose times are by the monotonic clock. A wall clock that is set is
/// followed; one that is only slowed or sped up is not, until it is a quarter of a second off, so that times stay even.
struct WallOffset {
    private var microseconds: Int64

    private static let step: Int64 = 250_000
    /// Between two readings of one clock; if more time passes, the two clocks were not read together.
    private static let longestReading: Int64 = 5_000

    /// - Parameter now: both clocks at one moment.
    init(_ now: CaptureTime) { microseconds = now.wall - now.monotonic }

    /// Looks at both clocks again.
    mutating func follow(_ clock: some SystemClock) { follow(clock.monotonicTime, clock.wallTime, clock.monotonicTime) }

    /// - Parameters: the monotonic clock before and after the wall clock, each in microseconds.
    mutating func follow(_ before: Int64, _ wall: Int64, _ after: Int64) {
        guard after - before <= Self.longestReading else { return }
        let offset = wall - before
        if abs(offset - microseconds) > Self.step { microseconds = offset }
    }

    /// - Parameter monotonic: microseconds.
    func time(monotonic: Int64) -> CaptureTime { CaptureTime(monotonic: monotonic, wall: monotonic + microseconds) }
}
