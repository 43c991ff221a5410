import Pipeline

/// Turns a driver's time stamps into times that can be trusted. For one stream.
struct CameraClock {
    private var wall: WallOffset
    /// A picture is not older than this.
    private var earliest: Int64
    /// How often the driver's time was missing or wrong.
    private(set) var guessed = 0

    /// - Parameters: both clocks at the start of the stream, in microseconds.
    init(monotonic: Int64, wall: Int64) {
        self.wall = WallOffset(CaptureTime(monotonic: monotonic, wall: wall))
        // Some drivers stamp the start of the exposure, which may lie before.
        earliest = monotonic - 1_000_000
    }

    /// - Parameter stamp: the driver's, in microseconds; nil: none.
    /// - Parameter now: when the picture was taken from the driver; it is taken instead of a time that cannot be.
    mutating func time(stamp: Int64?, now: Int64) -> CaptureTime {
        // Clocks of a driver and of this thread may differ by their rounding.
        let isPossible = stamp.map { $0 > earliest && $0 <= now + 10_000 } ?? false
        if !isPossible { guessed += 1 }
        let monotonic = isPossible ? stamp! : max(now, earliest + 1)
        earliest = monotonic
        return time(monotonic: monotonic)
    }

    func time(monotonic: Int64) -> CaptureTime { wall.time(monotonic: monotonic) }

    /// Looks whether the wall clock was set.
    mutating func follow(_ system: any VideoSystem) {
        wall.follow(system.monotonicTime, system.wallTime, system.monotonicTime)
    }
}
