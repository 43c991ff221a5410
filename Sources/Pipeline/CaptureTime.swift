import Glibc

/// When a picture was taken, by two clocks.
package struct CaptureTime: Sendable, Equatable {
    /// Microseconds of CLOCK_MONOTONIC: for latencies.
    package let monotonic: Int64
    /// Microseconds since 1970, UTC: for people.
    package let wall: Int64

    package init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }

    package static var now: CaptureTime {
        CaptureTime(monotonic: microseconds(CLOCK_MONOTONIC), wall: microseconds(CLOCK_REALTIME))
    }

    /// Seconds since then.
    package var age: Double { Double(Self.microseconds(CLOCK_MONOTONIC) - monotonic) / 1e6 }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
