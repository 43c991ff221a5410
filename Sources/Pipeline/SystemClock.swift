import Glibc

/// The time, and waiting for it to pass; tests have a time of their own.
package protocol SystemClock: Sendable {
    /// Microseconds of CLOCK_MONOTONIC, which drivers stamp pictures with.
    var monotonicTime: Int64 { get }
    /// Microseconds since 1970, UTC.
    var wallTime: Int64 { get }
    func sleep(microseconds: Int)
}

extension SystemClock {
    package func sleep(milliseconds: Int) { sleep(microseconds: milliseconds * 1000) }

    package var captureTime: CaptureTime { CaptureTime(monotonic: monotonicTime, wall: wallTime) }
}

/// The kernel's, which nothing else asks.
package struct LinuxClock: SystemClock {
    package init() {}

    package var monotonicTime: Int64 { Self.microseconds(CLOCK_MONOTONIC) }
    package var wallTime: Int64 { Self.microseconds(CLOCK_REALTIME) }
    /// Microseconds since the machine's start, sleep included; nobody sets it.
    package var runningTime: Int64 { Self.microseconds(CLOCK_BOOTTIME) }

    package func sleep(microseconds: Int) {
        var length = timespec(tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1000)
        nanosleep(&length, nil)
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
