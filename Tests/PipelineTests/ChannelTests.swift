import Pipeline
import Synchronization
import Testing

/// An element that tells when it is freed, as a frame would.
private struct Token: ~Copyable, Sendable {
    let number: Int
    let freed: Freed
    deinit { freed.count.add(1, ordering: .relaxed) }
}

private final class Freed: Sendable {
    let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
}

@Suite(.timeLimit(.minutes(30))) struct ChannelTests {
    private let freed = Freed()

    @Test func elementsComeOutInOrder() async {
        let channel = Channel<Token>(capacity: 3, whenFull: .block)
        for number in 0..<3 { _ = await channel.send(Token(number: number, freed: freed)) }
        channel.finish()
        var numbers: [Int] = []
        while let token = await channel.receive() { numbers.append(token.number) }
        #expect(numbers == [0, 1, 2])
    }

    @Test func dropOldestKeepsTheNewest() async {
        let channel = Channel<Token>(capacity: 2, whenFull: .dropOldest)
        for number in 0..<5 { _ = await channel.send(Token(number: number, freed: freed)) }
        channel.finish()
        var numbers: [Int] = []
        while let token = await channel.receive() { numbers.append(token.number) }
        #expect(numbers == [3, 4])
        #expect(channel.dropped == 3)
        #expect(freed.value == 5)
    }

    private func next(_ channel: Channel<Token>) async -> Int? {
        guard let token = await channel.receive() else { return nil }
        return token.number
    }

    @Test func anOfferHandsBackWhatItDisplaces() async {
        let channel = Channel<Token>(capacity: 2, whenFull: .dropOldest)
        var displaced: [Int] = []
        for number in 0..<5 {
            switch channel.offer(Token(number: number, freed: freed)) {
            case .taken: #expect(number < 2)
            case .displacing(let oldest): displaced.append(oldest.number)
            case .closed: Issue.record("it is open")
            }
        }
        #expect(displaced == [0, 1, 2])
        #expect(channel.count == 2 && channel.dropped == 3)
        let third = await next(channel)
        #expect(third == 3)
        channel.finish()
        switch channel.offer(Token(number: 9, freed: freed)) {
        case .closed: break
        default: Issue.record("it is closed")
        }
        let fourth = await next(channel)
        let end = await next(channel)
        #expect(fourth == 4 && end == nil)
        #expect(freed.value == 6)
    }

    @Test func anOfferWakesAWaitingReceiver() async {
        let channel = Channel<Token>(capacity: 1, whenFull: .dropOldest)
        async let received = next(channel)
        _ = channel.offer(Token(number: 1, freed: freed))
        #expect(await received == 1)
    }

    @Test func aFullChannelBlocksItsSenderUntilThereIsRoom() async {
        let channel = Channel<Token>(capacity: 1, whenFull: .block)
        let freed = freed
        async let sending: Int = {
            var sent = 0
            for number in 0..<100 where await channel.send(Token(number: number, freed: freed)) { sent += 1 }
            channel.finish()
            return sent
        }()
        var received = 0
        while let token = await channel.receive() {
            #expect(token.number == received)
            received += 1
        }
        #expect(await sending == 100)
        #expect(received == 100)
    }

    @Test func finishLetsTheReceiverDrain() async {
        let channel = Channel<Token>(capacity: 2, whenFull: .block)
        _ = await channel.send(Token(number: 7, freed: freed))
        channel.finish()
        let wasTaken = await channel.send(Token(number: 8, freed: freed))
        #expect(!wasTaken)
        let first = await nextNumber(of: channel)
        let second = await nextNumber(of: channel)
        #expect(first == 7)
        #expect(second == nil)
    }

    @Test func cancelFreesWhatIsQueuedAndWakesABlockedSender() async {
        let channel = Channel<Token>(capacity: 1, whenFull: .block)
        let freed = freed
        _ = await channel.send(Token(number: 0, freed: freed))
        async let second = channel.send(Token(number: 1, freed: freed))
        channel.cancel()
        #expect(await second == false)
        #expect(freed.value == 2)
        let received = await nextNumber(of: channel)
        #expect(received == nil)
    }

    @Test func finishWakesABlockedReceiver() async {
        let channel = Channel<Token>(capacity: 1, whenFull: .block)
        async let received = nextNumber(of: channel)
        channel.finish()
        #expect(await received == nil)
    }
}

private func nextNumber(of channel: Channel<Token>) async -> Int? {
    guard let token = await channel.receive() else { return nil }
    return token.number
}
