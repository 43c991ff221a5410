import Synchronization

/// Hands events to the clients of `GET /api/events`. Whoever publishes never waits: a client that reads too slowly
/// misses the oldest ones.
package final class EventHub: Sendable {
    private struct State {
        var lastID = 0
        var clients: [ObjectIdentifier: Mailbox<String>] = [:]
        var isFinished = false
    }

    /// Events kept for a slow client.
    static let backlog = 64
    let maximumClients: Int
    private let state = Mutex(State())

    package init(maximumClients: Int = 128) { self.maximumClients = maximumClients }

    package var clients: Int { state.withLock { $0.clients.count } }

    package func publish(_ event: LiveEvent) {
        let (id, clients) = state.withLock { state in
            state.lastID += 1
            return (state.lastID, Array(state.clients.values))
        }
        // Written out once, and only if somebody listens.
        guard !clients.isEmpty else { return }
        let text = "id: \(id)\nevent: \(event.name)\ndata: \(event.data)\n\n"
        for client in clients { client.put(text) }
    }

    /// Sends a comment, so that clients and proxies see that the connection lives.
    func sendHeartbeat() {
        for client in state.withLock({ Array($0.clients.values) }) { client.put(": heartbeat\n\n") }
    }

    /// A client's mailbox; nil beyond the cap, or at the end.
    func subscribe() -> Mailbox<String>? {
        let client = Mailbox<String>(capacity: Self.backlog)
        return state.withLock { state in
            guard state.clients.count < maximumClients, !state.isFinished else { return nil }
            state.clients[ObjectIdentifier(client)] = client
            return client
        }
    }

    func unsubscribe(_ client: Mailbox<String>) {
        client.finish()
        state.withLock { _ = $0.clients.removeValue(forKey: ObjectIdentifier(client)) }
    }

    package func finish() {
        let clients = state.withLock { state in
            state.isFinished = true
            defer { state.clients = [:] }
            return state.clients
        }
        for client in clients.values { client.finish() }
    }
}
