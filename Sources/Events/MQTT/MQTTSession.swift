/// Keeps a client connected to its broker and sends what waits, step by step; the steps' times are the caller's. For one thread.
struct MQTTSession {
    /// How things are, for those who ask.
    enum Phase: Equatable {
        case idle(until: ContinuousClock.Instant)
        case connecting(since: ContinuousClock.Instant)
        case connected
    }

    /// How long a broker may take for its first answer.
    static let patience = Duration.seconds(10)
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)
    /// Messages that the broker has not confirmed: more are not begun.
    static let mostUnconfirmed = 16
    /// How long a step waits for something to happen.
    static let longestWait = Duration.seconds(1)

    private(set) var phase: Phase
    private(set) var sent = 0
    /// Why there is no connection.
    private(set) var problem: String?
    private let transport: any MQTTTransport
    private let outbox: MQTTOutbox
    /// Sent first, and at the end.
    private let online, offline: MQTTMessage
    private let commands: String?
    private let onMessage: (String, [UInt8], Bool) -> Void
    private var pause = firstPause
    /// By their number, in their order.
    private var unconfirmed: [(number: Int, message: MQTTMessage)] = []
    /// Whether the broker has confirmed that this client leaves.
    private var farewell: Int?

    /// - Parameters:
    ///   - status: the topic that says whether the client is there.
    ///   - commands: what to listen to; nil: nothing.
    ///   - onMessage: gets what comes from there: topic, payload, whether the broker had kept it.
    init(
        _ transport: any MQTTTransport, _ outbox: MQTTOutbox, status: String, qos: Int, commands: String?,
        at now: ContinuousClock.Instant, onMessage: @escaping (String, [UInt8], Bool) -> Void
    ) {
        (self.transport, self.outbox, self.commands, self.onMessage) = (transport, outbox, commands, onMessage)
        online = MQTTMessage(status, "online", qos: qos, isRetained: true)
        offline = MQTTMessage(status, "offline", qos: qos, isRetained: true)
        phase = .idle(until: now)
    }

    var isConnected: Bool { phase == .connected }

    /// Does what can be done, and waits for what comes.
    ///
    /// - Parameter limit: how long it may wait.
    mutating func step(at now: ContinuousClock.Instant, waiting limit: Duration = longestWait) {
        var limit = limit
        switch phase {
        case .idle(let end):
            if now >= end {
                phase = .connecting(since: now)
                if let reason = transport.connect() { fail(reason, at: now) }
            } else {
                limit = min(limit, end - now)
            }
        case .connecting(let since):
            if now - since >= Self.patience { fail("the broker does not answer", at: now) }
        case .connected: send(at: now)
        }
        for news in transport.wait(upTo: limit) { take(news, at: now) }
        if isConnected { send(at: now) }
    }

    /// Sends what waits and takes leave, step by step.
    ///
    /// - Returns: whether there is nothing left to do.
    mutating func end(at now: ContinuousClock.Instant) -> Bool {
        guard isConnected else {
            // One that was never there may still come in time.
            guard problem == nil else { return true }
            step(at: now, waiting: .milliseconds(20))
            return false
        }
        send(at: now)
        if outbox.count == 0, unconfirmed.isEmpty, farewell == nil {
            farewell = transport.publish(offline)
            if farewell == nil { return true }
        }
        for news in transport.wait(upTo: .milliseconds(20)) {
            if case .delivered(let number) = news, number == farewell { return true }
            take(news, at: now)
        }
        return !isConnected
    }

    private mutating func send(at now: ContinuousClock.Instant) {
        while unconfirmed.count < Self.mostUnconfirmed, let message = outbox.next() {
            guard let number = transport.publish(message) else {
                unconfirmed.append((-1, message))
                return fail("the connection is lost", at: now)
            }
            sent += 1
            unconfirmed.append((number, message))
        }
    }

    private mutating func take(_ news: MQTTNews, at now: ContinuousClock.Instant) {
        switch news {
        case .connected:
            guard phase != .connected else { return }
            (phase, problem, pause) = (.connected, nil, Self.firstPause)
            _ = transport.publish(online)
            if let commands { transport.subscribe(to: commands) }
            outbox.startAgain(with: unconfirmed.map(\.message))
            unconfirmed = []
        case .lost(let reason): fail(reason, at: now)
        case .delivered(let number): unconfirmed.removeAll { $0.number == number }
        case .received(let topic, let payload, let isRetained): onMessage(topic, payload, isRetained)
        }
    }

    private mutating func fail(_ reason: String, at now: ContinuousClock.Instant) {
        if case .idle = phase { return }
        transport.disconnect(withFarewell: false)
        problem = reason
        phase = .idle(until: now + pause)
        pause = min(pause * 2, Self.longestPause)
    }
}
