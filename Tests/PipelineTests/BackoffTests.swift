import Testing

@testable import Pipeline

@Suite struct BackoffTests {
    @Test func attemptsBecomeRarer() {
        var backoff = Backoff()
        let waits = (0..<13).map { _ in backoff.next() / .seconds(1) }
        #expect(waits == [1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 10, 10, 10])
        backoff.reset()
        #expect(backoff.next() == .seconds(1))
    }

    @Test func aWaitIsSleptInShortPieces() {
        let interrupt = Interrupt()
        var slept: [Int] = []
        #expect(interrupt.wait(.milliseconds(250)) { slept.append($0) })
        #expect(slept == [100, 100, 50])
    }

    @Test func anInterruptEndsAWait() {
        let interrupt = Interrupt()
        var slept = 0
        let isOver = interrupt.wait(.seconds(10)) {
            slept += $0
            if slept == 300 { interrupt.raise() }
        }
        #expect(!isOver && slept == 300)
        #expect(!interrupt.wait(.seconds(1)) { _ in Issue.record("slept") })
    }
}
