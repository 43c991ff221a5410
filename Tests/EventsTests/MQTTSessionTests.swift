import Testing

@testable import Events

@Suite struct MQTTSessionTests {
    private let transport = ScriptedTransport()
    private let start = ContinuousClock.now

    private func session(_ outbox: MQTTOutbox, commands: String? = nil) -> MQTTSession {
        MQTTSession(transport, outbox, status: "c/status", qos: 1, commands: commands, at: start) { _, _, _ in }
    }

    private func texts(_ topic: String) -> [String] { transport.sent.filter { $0.topic == topic }.map(\.text) }

    @Test func itSaysThatItIsThereAndSendsWhatWaits() {
        let outbox = MQTTOutbox(capacity: 10)
        outbox.put(MQTTMessage("c/event", "one", qos: 1))
        outbox.put(MQTTMessage("c/state", "old", qos: 1, isRetained: true))
        outbox.put(MQTTMessage("c/state", "new", qos: 1, isRetained: true))
        var session = session(outbox, commands: "c/+/set")
        session.step(at: start, waiting: .zero)
        #expect(
            transport.sent == [
                .init(topic: "c/status", text: "online", isRetained: true),
                .init(topic: "c/state", text: "new", isRetained: true),
                .init(topic: "c/event", text: "one", isRetained: false),
            ])
        #expect(session.isConnected && session.sent == 2 && outbox.count == 0 && transport.subscribed == ["c/+/set"])
    }

    @Test func aBrokerThatIsAwayIsTriedLessAndLessOften() {
        transport.goAway()
        var session = session(MQTTOutbox(capacity: 10))
        var (now, tries) = (start, [Duration]())
        for _ in 0..<600 {
            let before = transport.connections
            session.step(at: now, waiting: .zero)
            if transport.connections > before { tries.append(now - start) }
            now += .milliseconds(500)
        }
        #expect(tries == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243].map { Duration.seconds($0) })
        #expect(session.problem == "Connection refused")
    }

    @Test func aBrokerThatDoesNotAnswerIsGivenUp() {
        transport.beSilent()
        var session = session(MQTTOutbox(capacity: 10))
        session.step(at: start, waiting: .zero)
        session.step(at: start + .seconds(9), waiting: .zero)
        #expect(session.phase == .connecting(since: start))
        session.step(at: start + .seconds(10), waiting: .zero)
        #expect(session.problem == "the broker does not answer" && session.phase == .idle(until: start + .seconds(11)))
    }

    @Test func whereThereIsNoRoomTheOldestIsLost() {
        let outbox = MQTTOutbox(capacity: 2)
        for number in 1...5 { outbox.put(MQTTMessage("c/event", "\(number)", qos: 1)) }
        #expect(outbox.lost == 3 && outbox.count == 2)
        var session = session(outbox)
        session.step(at: start, waiting: .zero)
        #expect(texts("c/event") == ["4", "5"])
    }

    /// What was on its way and not confirmed is sent again, and what is retained before all else.
    @Test func afterAReturnTheStateComesFirstAndNothingUnconfirmedIsMissing() {
        let outbox = MQTTOutbox(capacity: 10)
        outbox.put(MQTTMessage("c/state", "before", qos: 1, isRetained: true))
        var session = session(outbox)
        session.step(at: start, waiting: .zero)
        session.step(at: start, waiting: .zero)
        transport.confirm(false)
        outbox.put(MQTTMessage("c/event", "unsure", qos: 1))
        session.step(at: start, waiting: .zero)
        transport.goAway()
        session.step(at: start, waiting: .zero)
        #expect(!session.isConnected)
        for number in 1...9 { outbox.put(MQTTMessage("c/event", "\(number)", qos: 1)) }
        transport.forgetSent()
        transport.comeBack()
        session.step(at: start + .seconds(2), waiting: .zero)
        session.step(at: start + .seconds(2), waiting: .zero)
        #expect(transport.sent.prefix(2).map(\.text) == ["online", "before"])
        #expect(texts("c/event") == ["unsure"] + (1...9).map { "\($0)" } && outbox.lost == 0)
    }

    @Test func noMoreAreBegunThanTheBrokerConfirms() {
        let outbox = MQTTOutbox(capacity: 100)
        for number in 1...50 { outbox.put(MQTTMessage("c/event", "\(number)", qos: 1)) }
        transport.confirm(false)
        var session = session(outbox)
        for _ in 0..<5 { session.step(at: start, waiting: .zero) }
        #expect(
            texts("c/event").count == MQTTSession.mostUnconfirmed && outbox.count == 50 - MQTTSession.mostUnconfirmed)
    }

    @Test func atItsEndItSaysThatItLeaves() {
        let outbox = MQTTOutbox(capacity: 100)
        var session = session(outbox)
        session.step(at: start, waiting: .zero)
        for number in 1...50 { outbox.put(MQTTMessage("c/event", "\(number)", qos: 1)) }
        var steps = 0
        while !session.end(at: start), steps < 100 { steps += 1 }
        #expect(texts("c/event").count == 50 && transport.sent.last?.text == "offline" && steps < 100)
    }
}
