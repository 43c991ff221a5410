import Synchronization

/// Hands events to the clients of `GET /api/events`. Whoever publishes never waits: a client that reads too slowly
/// misses the oldest ones.
package final class EventHub: Sendable {
    /// Events kept for a slow client.
    static let backlog = 64
    private let listeners: Subscribers<String>
    private let lastID = Atomic(0)

    /// - Parameters:
    ///   - limit: of clients; all cameras of a server have the same one.
    ///   - metrics: a camera's own view, where there are several.
    package init(limit: ClientLimit, metrics: Metrics = Metrics()) {
        listeners = Subscribers(backlog: Self.backlog, limit: limit)
        metrics.gauge("camstream_events_clients", "Clients that listen to events.") { [weak self] in
            Double(self?.clients ?? 0)
        }
    }

    package convenience init(maximumClients: Int = 128, metrics: Metrics = Metrics()) {
        self.init(limit: ClientLimit(maximumClients), metrics: metrics)
    }

    package var clients: Int { listeners.clients }
    /// Whether nothing will happen any more.
    var isFinished: Bool { listeners.isFinished }

    package func publish(_ event: LiveEvent) {
        let id = lastID.add(1, ordering: .relaxed).newValue
        // Written out once, and only if somebody listens.
        guard !listeners.isEmpty else { return }
        listeners.send("id: \(id)\nevent: \(event.name)\ndata: \(event.data)\n\n")
    }

    /// Sends a comment, so that clients and proxies see that the connection lives.
    func sendHeartbeat() { listeners.send(": heartbeat\n\n") }

    /// A client's mailbox; nil beyond the limit, or at the end.
    func subscribe() -> Mailbox<String>? { listeners.join() }

    /// May be called twice.
    func unsubscribe(_ client: Mailbox<String>) { listeners.leave(client) }

    package func finish() { listeners.finish() }
}
