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
    private let limit: ClientLimit
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: of clients; all cameras of a server have the same one.
    ///   - metrics: a camera's own view, where there are several.
    package init(limit: ClientLimit, metrics: Metrics = Metrics()) {
        self.limit = limit
        metrics.gauge("camstream_events_clients", "Clients that listen to events.") { [weak self] in
            Double(self?.clients ?? 0)
        }
    }

    package convenience init(maximumClients: Int = 128, metrics: Metrics = Metrics()) {
        self.init(limit: ClientLimit(maximumClients), metrics: metrics)
    }

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

    /// Whether nothing will happen any more.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// A client's mailbox; nil beyond the cap, or at the end.
    func subscribe() -> Mailbox<String>? {
        guard limit.enter() else { return nil }
        let client = Mailbox<String>(capacity: Self.backlog)
        let isAdmitted = state.withLock { state in
            guard !state.isFinished else { return false }
            state.clients[ObjectIdentifier(client)] = client
            return true
        }
        if !isAdmitted { limit.leave() }
        return isAdmitted ? client : nil
    }

    /// May be called twice.
    func unsubscribe(_ client: Mailbox<String>) {
        client.finish()
        if state.withLock({ $0.clients.removeValue(forKey: ObjectIdentifier(client)) }) != nil { limit.leave() }
    }

    package func finish() {
        let clients = state.withLock { state in
            state.isFinished = true
            defer { state.clients = [:] }
            return state.clients
        }
        limit.leave(clients.count)
        for client in clients.values { client.finish() }
    }
}
