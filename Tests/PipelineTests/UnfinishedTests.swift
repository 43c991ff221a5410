import Pipeline
import Synchronization
import Testing

struct UnfinishedTests {
    @Test func whatIsNotSettledIsRemovedBeforeTheEnd() {
        let unfinished = Unfinished()
        let done = Mutex<[String]>([])
        _ = unfinished.add { done.withLock { $0.append("one is removed") } }
        let whole = unfinished.add { Issue.record("it was whole") }
        #expect(unfinished.settle(whole) { 7 } == 7)
        unfinished.removeAll { done.withLock { $0.append("the end") } }
        unfinished.removeAll {}
        #expect(done.withLock { $0 } == ["one is removed", "the end"])
    }
}
