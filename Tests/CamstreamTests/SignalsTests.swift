import Glibc
import Testing

@testable import camstream

/// With a signal that means nothing else in the tests' process.
@Suite(.serialized, .timeLimit(.minutes(30))) struct SignalsTests {
    /// To the process, as others send it: a thread of a pool would keep what it sends to itself.
    private func send() { kill(getpid(), SIGUSR2) }

    private func stop(of signals: Signals) async {
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            signals.onStop { stopped.resume() }
        }
    }

    @Test func aSignalThatComesBeforeAnybodyAsksIsNotLost() async {
        let signals = Signals([SIGUSR2])
        send()
        await stop(of: signals)
        #expect(signals.received == SIGUSR2)
    }

    @Test func aSignalThatComesLaterIsHeard() async {
        let signals = Signals([SIGUSR2])
        #expect(signals.received == nil)
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            signals.onStop { stopped.resume() }
            send()
        }
        #expect(signals.received == SIGUSR2)
    }

    /// As GNU timeout sends it, to the program and to its group; the second would end this process.
    @Test func aSignalThatComesTwiceInAMomentIsOne() async {
        let signals = Signals([])
        signals.receive(SIGUSR2)
        signals.receive(SIGUSR2)
        #expect(signals.received == SIGUSR2)
        await stop(of: signals)
    }

    /// What listens for the one must not still be about to end when the next one begins.
    @Test func eachOfManyThatFollowOneAnotherHearsItsOwn() async {
        for _ in 0..<1000 {
            let signals = Signals([SIGUSR2])
            send()
            await stop(of: signals)
            #expect(signals.received == SIGUSR2)
        }
    }

    @Test func whenNobodyListensAnyMoreASignalDoesWhatItDidBefore() {
        let before = handler
        do {
            let signals = Signals([SIGUSR2])
            #expect(handler != before)
            #expect(signals.received == nil)
        }
        #expect(handler == before)
    }

    /// The address of what is called at the signal; 0: the system's own action.
    private var handler: Int {
        var action = sigaction()
        sigaction(SIGUSR2, nil, &action)
        return action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } ?? 0
    }
}
