import Synchronization
import Testing

@testable import Encode

/// Clocks that a test sets.
final class ScriptedClock: Sendable {
    private let reading: Mutex<ClockReading>

    init(wall: Int, isSynchronised: Bool = true) {
        reading = Mutex(ClockReading(wall: wall, running: 5000, isSynchronised: isSynchronised))
    }

    var trusted: TrustedClock {
        trustedOnce.withLock { once in
            let clock = once ?? TrustedClock { self.reading.withLock { $0 } }
            once = clock
            return clock
        }
    }

    /// Seconds go by on both clocks.
    func pass(_ seconds: Int) {
        reading.withLock {
            $0.wall += seconds
            $0.running += seconds
        }
    }

    func set(aheadBy seconds: Int) { reading.withLock { $0.wall += seconds } }
    func synchronise() { reading.withLock { $0.isSynchronised = true } }

    private let trustedOnce = Mutex<TrustedClock?>(nil)
}

@Suite struct TrustedClockTests {
    private let day = 86_400

    @Test func aSynchronisedClockNearTheRecordingsIsBelievedAtOnce() {
        let clock = ScriptedClock(wall: 1_000_000)
        let time = clock.trusted.judge(newest: 990_000, tolerance: day)
        #expect(time == .init(now: 1_000_000, isSure: true, isPlausible: true))
    }

    @Test func withoutSynchronisationItTakesADayAndUntilThenTheRecordingsCount() {
        let clock = ScriptedClock(wall: 1_000_000, isSynchronised: false)
        #expect(
            clock.trusted.judge(newest: 990_000, tolerance: day)
                == .init(now: 990_000, isSure: false, isPlausible: true, doubt: .notSynchronised))
        clock.pass(3600)
        #expect(clock.trusted.judge(newest: 990_000, tolerance: day).now == 993_600)
        clock.pass(day - 3600)
        #expect(clock.trusted.judge(newest: 990_000, tolerance: day).now == 1_000_000 + day)
    }

    @Test func withoutSynchronisationAndRecordingsNothingIsPlausible() {
        let clock = ScriptedClock(wall: 100, isSynchronised: false)
        #expect(!clock.trusted.judge(newest: nil, tolerance: day).isPlausible)
        clock.set(aheadBy: 1_000_000_000)
        clock.synchronise()
        #expect(!clock.trusted.judge(newest: nil, tolerance: day).isPlausible)
        clock.pass(3600)
        #expect(clock.trusted.judge(newest: nil, tolerance: day).isSure)
    }

    /// As after weeks in which nothing was recorded.
    @Test func aFarClockIsBelievedWhenItHasRunEvenlyForAnHour() {
        let clock = ScriptedClock(wall: 1_000_000_000)
        func judge() -> TrustedClock.Judgement { clock.trusted.judge(newest: 990_000_000, tolerance: day) }
        #expect(
            judge()
                == .init(
                    now: 990_000_000, isSure: false, isPlausible: false,
                    doubt: .far(by: 10_000_000, isSynchronised: true)))
        clock.pass(3000)
        clock.set(aheadBy: 500)  // not even
        #expect(!judge().isSure)
        clock.pass(3000)
        #expect(!judge().isSure)
        clock.pass(600)
        #expect(judge().now == 1_000_007_100)
    }

    @Test func aClockBehindTheRecordingsIsNotTakenForMore() {
        let clock = ScriptedClock(wall: 100)
        #expect(
            clock.trusted.judge(newest: 1_000_000, tolerance: day)
                == .init(
                    now: 100, isSure: false, isPlausible: false,
                    doubt: .far(by: 100 - 1_000_000, isSynchronised: true)))
    }

    @Test func driftIsNoStep() {
        let clock = ScriptedClock(wall: 1_000_000)
        for _ in 0..<100 {
            #expect(clock.trusted.judge(newest: nil, tolerance: 30).isSure)
            clock.pass(600)
            clock.set(aheadBy: 20)
        }
    }

    @Test func theMachinesClocksAreRead() {
        let reading = ClockReading.now()
        #expect(reading.wall > 1_700_000_000)
        #expect(reading.running > 0)
    }
}
