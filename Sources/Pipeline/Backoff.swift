/// How long to wait before the next attempt to reach what is lost: 1 s five times, 5 s five times, then always 10 s.
package struct Backoff: Sendable {
    private var attempts = 0

    package init() {}

    package mutating func next() -> Duration {
        defer { attempts += 1 }
        return switch attempts {
        case ..<5: .seconds(1)
        case ..<10: .seconds(5)
        default: .seconds(10)
        }
    }

    /// It was reached: the next loss starts from the beginning.
    package mutating func reset() { attempts = 0 }
}

extension Interrupt {
    /// Waits; an interrupt ends it early.
    ///
    /// - Parameter sleep: waits for that many milliseconds.
    /// - Returns: false if there was an interrupt.
    package func wait(_ duration: Duration, _ sleep: (_ milliseconds: Int) -> Void) -> Bool {
        var left = Int((duration / .milliseconds(1)).rounded(.up))
        while left > 0 && !isRaised {
            // 100 ms: how soon an interrupt is noticed.
            sleep(min(100, left))
            left -= 100
        }
        return !isRaised
    }

    /// Waits until a time; an interrupt ends it early.
    ///
    /// - Parameter time: microseconds of the clock's monotonic time.
    /// - Returns: false if there was an interrupt.
    package func wait(until time: Int64, _ clock: any SystemClock) -> Bool {
        while !isRaised {
            let left = time - clock.monotonicTime
            guard left > 0 else { return true }
            clock.sleep(microseconds: Int(min(100_000, left)))
        }
        return false
    }
}
