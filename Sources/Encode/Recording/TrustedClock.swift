import CLinux
import Glibc
import Pipeline
import Synchronization

/// What the clocks say at one moment, in seconds.
struct ClockReading: Sendable {
    /// Since 1970.
    var wall: Int
    /// Since the machine's start, sleep included; nobody sets it.
    var running: Int
    /// Whether the system says that its clock follows others.
    var isSynchronised: Bool

    static func now() -> ClockReading {
        let clock = LinuxClock()
        return ClockReading(
            wall: Int(clock.wallTime / 1_000_000), running: Int(clock.runningTime / 1_000_000),
            // A sandbox may hide what the kernel knows, systemd-timesyncd's word is a file.
            isSynchronised: shim_clock_is_synchronised() != 0
                || access("/run/systemd/timesync/synchronized", F_OK) == 0)
    }
}

/// Why a clock is not believed.
package enum ClockDoubt: Equatable, Sendable {
    case notSynchronised
    /// Seconds between what the recordings say and the clock; less than 0: the clock is behind.
    case far(by: Int, isSynchronised: Bool)
}

/// Decides what time it surely is by now, so that one wrong reading of the clock deletes nothing.
///
/// The time of the newest recording, and what has passed since on a clock that nobody sets, is the least that it can be.
/// A clock that is ahead of that, or behind, is believed at once if it follows others and is near, else after it has run
/// evenly for a while.
final class TrustedClock: Sendable {
    struct Judgement: Equatable {
        /// Seconds since 1970, for the age of files: not later than it surely is.
        var now: Int
        /// Whether the wall clock is believed.
        var isSure: Bool
        /// Whether recordings of this moment may tell the time later.
        var isPlausible: Bool
        var doubt: ClockDoubt?
    }

    private struct State {
        /// Since when the clock has run evenly, and its last reading.
        var evenSince: Int?
        var last: ClockReading?
        /// A time that is believed.
        var reference: (wall: Int, running: Int)?
        var isReferenceKnown = false
        var isAccepted = false
    }

    private let read: @Sendable () -> ClockReading
    private let state = Mutex(State())

    /// Seconds: how long a clock must run evenly to be believed. Whoever sets clocks for others asks at least every 2048.
    static let evenWhenSynchronised = 3600
    static let evenOtherwise = 86_400
    /// More is a step, and no drift, between two readings.
    private static let largestDrift = 60

    init(_ read: @escaping @Sendable () -> ClockReading = ClockReading.now) { self.read = read }

    /// - Parameters:
    ///   - newest: when the newest recording was written to, if that is known; counts at the first call.
    ///   - tolerance: seconds within which clocks agree.
    func judge(newest: Int?, tolerance: Int) -> Judgement {
        let reading = read()
        return state.withLock { state in
            if let last = state.last,
                abs((reading.wall - last.wall) - (reading.running - last.running)) > Self.largestDrift
            {
                state.evenSince = nil
                state.isAccepted = false
            }
            state.last = reading
            let evenSince = state.evenSince ?? reading.running
            state.evenSince = evenSince
            if state.reference == nil {
                state.reference = (newest ?? reading.wall, reading.running)
                state.isReferenceKnown = newest != nil
            }
            let least = state.reference.map { $0.wall + reading.running - $0.running } ?? reading.wall
            let isNear = abs(reading.wall - least) <= tolerance
            let time = reading.running - evenSince
            if reading.isSynchronised && isNear
                || time >= (reading.isSynchronised ? Self.evenWhenSynchronised : Self.evenOtherwise)
            {
                state.isAccepted = true
            }
            if state.isAccepted {
                state.reference = (reading.wall, reading.running)
                state.isReferenceKnown = true
                return Judgement(now: reading.wall, isSure: true, isPlausible: true)
            }
            return Judgement(
                now: min(reading.wall, least), isSure: false, isPlausible: isNear && state.isReferenceKnown,
                doubt: isNear
                    ? .notSynchronised
                    : .far(by: reading.wall - least, isSynchronised: reading.isSynchronised))
        }
    }
}
