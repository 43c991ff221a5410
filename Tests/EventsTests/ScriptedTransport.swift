import Dispatch
import Synchronization

@testable import Events

/// A broker that does what the test says: it confirms what it is sent, until it is told to be away.
final class ScriptedTransport: MQTTTransport {
    struct Sent: Equatable {
        var topic: String
        var text: String
        var isRetained: Bool
    }

    private struct State {
        var isThere = true
        /// Whether it answers at all.
        var isSilent = false
        var isConnected = false
        var news: [MQTTNews] = []
        var sent: [Sent] = []
        var subscribed: [String] = []
        var connections = 0
        var farewells = 0
        var confirms = true
    }

    private let state = Mutex(State())
    private let woken = DispatchSemaphore(value: 0)
    /// Signalled with each message, subscription and connection.
    let happened = DispatchSemaphore(value: 0)

    var sent: [Sent] { state.withLock { $0.sent } }
    var connections: Int { state.withLock { $0.connections } }
    var farewells: Int { state.withLock { $0.farewells } }
    var subscribed: [String] { state.withLock { $0.subscribed } }

    func goAway() {
        state.withLock { state in
            state.isThere = false
            if state.isConnected { state.news.append(.lost("the connection is lost")) }
            state.isConnected = false
        }
        wake()
    }

    func comeBack(confirming: Bool = true) { state.withLock { ($0.isThere, $0.confirms) = (true, confirming) } }
    func beSilent() { state.withLock { $0.isSilent = true } }
    func confirm(_ confirms: Bool) { state.withLock { $0.confirms = confirms } }
    func forgetSent() { state.withLock { $0.sent = [] } }

    func say(_ news: MQTTNews) {
        state.withLock { $0.news.append(news) }
        wake()
    }

    func connect() -> String? {
        let problem = state.withLock { state -> String? in
            state.connections += 1
            guard state.isThere else { return "Connection refused" }
            guard !state.isSilent else { return nil }
            state.isConnected = true
            state.news.append(.connected)
            return nil
        }
        happened.signal()
        return problem
    }

    func wait(upTo limit: Duration) -> [MQTTNews] {
        if state.withLock({ $0.news.isEmpty }) {
            _ = woken.wait(timeout: .now() + .milliseconds(Int(limit / .milliseconds(1))))
        }
        return state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    func publish(_ message: MQTTMessage) -> Int? {
        let text = String(decoding: message.payload(), as: UTF8.self)
        let number = state.withLock { state -> Int? in
            guard state.isConnected else { return nil }
            state.sent.append(Sent(topic: message.topic, text: text, isRetained: message.isRetained))
            let number = state.sent.count + state.connections * 100_000
            if state.confirms { state.news.append(.delivered(number)) }
            return number
        }
        happened.signal()
        return number
    }

    func subscribe(to topic: String) {
        state.withLock { $0.subscribed.append(topic) }
        happened.signal()
    }

    func disconnect(withFarewell: Bool) {
        state.withLock { state in
            if withFarewell { state.farewells += 1 }
            (state.isConnected, state.news) = (false, [])
        }
    }

    func wake() { woken.signal() }
}
