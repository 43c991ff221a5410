import Glibc
import Synchronization
import Testing

@testable import camstream

/// With a signal that means nothing else in the tests' process.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SignalsTests {
    @Test func aSignalThatComesBeforeAnybodyListensIsNotLost() async {
        let signals = Signals([SIGUSR2]) {
            kill(getpid(), SIGUSR2)
            // Another thread may be the one that is interrupted.
            while Signals.early.load(ordering: .relaxed) == 0 { sched_yield() }
        }
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            signals.onStop { stopped.resume() }
        }
        #expect(signals.received == SIGUSR2)
    }

    @Test func aSignalThatComesLaterIsHeard() async {
        let signals = Signals([SIGUSR2])
        #expect(signals.received == nil)
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            signals.onStop { stopped.resume() }
            kill(getpid(), SIGUSR2)
        }
        #expect(signals.received == SIGUSR2)
    }
}
