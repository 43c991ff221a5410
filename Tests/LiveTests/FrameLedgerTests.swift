import Synchronization
import Testing

@testable import Live

struct FrameLedgerTests {
    private func balance(_ counts: FrameLedger.Counts) -> Int {
        counts.captured - counts.written - counts.inFlight - counts.dropped.values.reduce(0, +)
    }

    @Test func everyFrameIsWrittenDroppedOrInFlightAtAnyMomentWhateverTheThreadsDo() async {
        let ledger = FrameLedger()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for number in 0..<2000 {
                        ledger.capture()
                        if (number + worker).isMultiple(of: 3) { ledger.drop("overlay") } else { ledger.write() }
                        ledger.noteDrops(ofSource: ["missed": number])
                    }
                }
            }
            for _ in 0..<2000 { #expect(balance(ledger.counts) == 0) }
        }
        let counts = ledger.counts
        #expect(balance(counts) == 0)
        #expect(counts.inFlight == 0)
        #expect(counts.written + counts.dropped["overlay"]! == 8000)
    }

    @Test func aFrameThatIsNotDoneYetIsInFlight() {
        let ledger = FrameLedger()
        for _ in 0..<3 { ledger.capture() }
        ledger.write()
        #expect(ledger.counts == .init(captured: 3, written: 1, inFlight: 2))
    }

    @Test func whatTheSourceDroppedIsCapturedAndDroppedOnceAndToldOnce() {
        let told = Mutex<[String]>([])
        let ledger = FrameLedger { count, reason in told.withLock { $0.append("\(count) \(reason)") } }
        ledger.noteDrops(ofSource: ["missed": 2])
        ledger.noteDrops(ofSource: ["missed": 2])
        ledger.noteDrops(ofSource: ["missed": 5])
        #expect(ledger.counts == .init(captured: 5, dropped: ["missed": 5]))
        // Another source begins at 0.
        ledger.forgetSource()
        ledger.noteDrops(ofSource: ["missed": 1])
        #expect(ledger.counts.dropped == ["missed": 6])
        #expect(told.withLock { $0 } == ["2 missed", "3 missed", "1 missed"])
    }
}
