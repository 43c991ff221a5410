import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct MailboxTests {
    @Test func theNewestValueWins() async {
        let box = Mailbox<Int>()
        for value in 1...5 { box.put(value) }
        #expect(await box.next() == 5)
        #expect(box.dropped == 4)
    }

    @Test func aLargerBoxKeepsTheNewestInOrder() async {
        let box = Mailbox<Int>(capacity: 3)
        for value in 1...5 { box.put(value) }
        #expect(await [box.next(), box.next(), box.next()] == [3, 4, 5])
    }

    @Test func aReaderThatWaitsGetsTheNextValue() async {
        let box = Mailbox<Int>()
        async let value = box.next()
        box.put(7)
        #expect(await value == 7)
    }

    @Test func aFinishedBoxFreesWhatWaitsAndTakesNoMore() async {
        let box = Mailbox<Int>()
        box.put(1)
        box.finish()
        box.put(2)
        #expect(await box.next() == nil)
    }

    @Test func aCancelledReaderGoes() async {
        let box = Mailbox<Int>()
        let reader = Task { await box.next() }
        reader.cancel()
        #expect(await reader.value == nil)
        box.put(1)
        #expect(await box.next() == nil)
    }
}
