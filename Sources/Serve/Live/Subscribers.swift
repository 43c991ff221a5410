import Synchronization

/// Those who follow something, a mailbox each: who sends never waits, and who reads too slowly misses the oldest.
final class Subscribers<Value: Sendable>: Sendable {
    private struct State {
        var mailboxes: [ObjectIdentifier: (mailbox: Mailbox<Value>, isClient: Bool)] = [:]
        /// Those who count towards the limit.
        var clients = 0
        var isFinished = false
    }

    private let backlog: Int
    private let limit: ClientLimit
    private let state = Mutex(State())

    /// - Parameters:
    ///   - backlog: values kept for one who is slow.
    ///   - limit: of clients.
    init(backlog: Int = 1, limit: ClientLimit) {
        self.backlog = backlog
        self.limit = limit
    }

    var maximumClients: Int { limit.maximum }
    var clients: Int { state.withLock { $0.clients } }
    /// Whether there is nobody, neither a client nor one who waits.
    var isEmpty: Bool { state.withLock { $0.mailboxes.isEmpty } }
    /// Whether nothing more will come.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// A client's mailbox; nil beyond the limit, or at the end.
    func join() -> Mailbox<Value>? {
        guard limit.enter() else { return nil }
        let mailbox = enter(isClient: true)
        if mailbox == nil { limit.leave() }
        return mailbox
    }

    /// The mailbox of one who waits for a value and is not counted; nil at the end.
    func wait() -> Mailbox<Value>? { enter(isClient: false) }

    private func enter(isClient: Bool) -> Mailbox<Value>? {
        let mailbox = Mailbox<Value>(capacity: backlog)
        return state.withLock { state in
            guard !state.isFinished else { return nil }
            state.mailboxes[ObjectIdentifier(mailbox)] = (mailbox, isClient)
            if isClient { state.clients += 1 }
            return mailbox
        }
    }

    /// May be called twice.
    ///
    /// - Returns: whether it was there.
    @discardableResult func leave(_ mailbox: Mailbox<Value>) -> Bool {
        mailbox.finish()
        let left = state.withLock { state in
            let left = state.mailboxes.removeValue(forKey: ObjectIdentifier(mailbox))
            if left?.isClient == true { state.clients -= 1 }
            return left
        }
        if left?.isClient == true { limit.leave() }
        return left != nil
    }

    func send(_ value: Value) {
        for mailbox in state.withLock({ $0.mailboxes.values.map(\.mailbox) }) { mailbox.put(value) }
    }

    /// Ends them all; none can join any more.
    func finish() {
        let (mailboxes, clients) = state.withLock { state in
            state.isFinished = true
            defer { (state.mailboxes, state.clients) = ([:], 0) }
            return (state.mailboxes.values.map(\.mailbox), state.clients)
        }
        limit.leave(clients)
        for mailbox in mailboxes { mailbox.finish() }
    }
}
