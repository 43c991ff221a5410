import Capture
import Pipeline
import Synchronization

/// A time that passes only when somebody sleeps, or a test says so: nobody waits.
package final class ManualClock: SystemClock {
    /// Where it starts, in microseconds.
    package static let start: Int64 = 1_000_000_000
    package static let wallStart: Int64 = 1_700_001_000_000_000

    private let now = Mutex<Int64>(ManualClock.start)
    private let slept = Mutex<[Int]>([])
    private let wallShift = Mutex<Int64>(0)
    private let hurried = Mutex(false)
    private let overshoot: Int
    private let onSleep: (@Sendable (_ seconds: Double) -> Void)?

    /// - Parameter overshoot: microseconds by which every sleep is longer than asked for.
    /// - Parameter onSleep: gets the time after each sleep.
    package init(overshoot: Int = 0, onSleep: (@Sendable (_ seconds: Double) -> Void)? = nil) {
        self.overshoot = overshoot
        self.onSleep = onSleep
    }

    package var monotonicTime: Int64 { now.withLock { $0 } }
    package var wallTime: Int64 { monotonicTime - Self.start + Self.wallStart + wallShift.withLock { $0 } }
    /// As if somebody set the clock on the wall.
    package func setWall(aheadBy seconds: Double) { wallShift.withLock { $0 += Int64((seconds * 1e6).rounded()) } }
    /// Since the start.
    package var seconds: Double { Double(monotonicTime - Self.start) / 1e6 }
    /// Microseconds of each sleep.
    package var naps: [Int] { slept.withLock { $0 } }

    package func sleep(microseconds: Int) {
        slept.withLock { $0.append(microseconds) }
        now.withLock { $0 += Int64(microseconds + overshoot) }
        onSleep?(seconds)
    }

    package func advance(seconds: Double) { now.withLock { $0 += Int64((seconds * 1e6).rounded()) } }

    /// Set by a test from when on silence may pass the time.
    package var isHurried: Bool {
        get { hurried.withLock { $0 } }
        set { hurried.withLock { $0 = newValue } }
    }
}
