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

    package static var now: CaptureTime { LinuxClock().captureTime }

    /// Seconds since then.
    package var age: Double { Double(LinuxClock().monotonicTime - monotonic) / 1e6 }
}
