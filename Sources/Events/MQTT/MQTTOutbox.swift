import Synchronization

/// What waits for the broker. Of a retained topic only the newest message is kept, and all of them are sent again after each
/// return of the broker; other messages wait in a queue, of which the oldest is lost when it is full. Any thread may use it.
final class MQTTOutbox: Sendable {
    fileprivate struct State {
        /// The newest of each topic, in the order of their first.
        var retained: [(topic: String, message: MQTTMessage)] = []
        /// Those of them that the broker does not have.
        var changed: [String] = []
        var queue: [MQTTMessage] = []
        var lost = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    /// How many wait.
    var count: Int { state.withLock { $0.queue.count + $0.changed.count } }
    /// How many there was no room for.
    var lost: Int { state.withLock { $0.lost } }

    func put(_ message: MQTTMessage) {
        state.withLock { state in
            guard message.isRetained else {
                state.queue.append(message)
                state.makeRoom(capacity)
                return
            }
            if let index = state.retained.firstIndex(where: { $0.topic == message.topic }) {
                state.retained[index].message = message
            } else {
                state.retained.append((message.topic, message))
            }
            if !state.changed.contains(message.topic) { state.changed.append(message.topic) }
        }
    }

    /// The broker is to know nothing of these topics any more.
    func clear(_ topics: [String], qos: Int) {
        for topic in topics { put(MQTTMessage(topic, "", qos: qos, isRetained: true)) }
    }

    /// One that has no message yet is left out: there is nothing to clear.
    func clear(where matches: (String) -> Bool, qos: Int) {
        clear(state.withLock { $0.retained.map(\.topic).filter(matches) }, qos: qos)
    }

    /// A message that there is no room for beyond a limit of its own.
    func noteLoss() { state.withLock { $0.lost += 1 } }

    /// The next to be sent: what the broker keeps goes first.
    func next() -> MQTTMessage? {
        state.withLock { state in
            if !state.changed.isEmpty {
                let topic = state.changed.removeFirst()
                return state.retained.first { $0.topic == topic }?.message
            }
            return state.queue.isEmpty ? nil : state.queue.removeFirst()
        }
    }

    /// The broker is there anew: it may have forgotten everything.
    ///
    /// - Parameter unsure: those of which nobody knows whether it has them, in their order.
    func startAgain(with unsure: [MQTTMessage]) {
        state.withLock { state in
            state.changed = state.retained.map(\.topic)
            state.queue.insert(contentsOf: unsure.filter { !$0.isRetained && $0.qos > 0 }, at: 0)
            state.makeRoom(capacity)
        }
    }
}

extension MQTTOutbox.State {
    fileprivate mutating func makeRoom(_ capacity: Int) {
        guard queue.count > capacity else { return }
        lost += queue.count - capacity
        queue.removeFirst(queue.count - capacity)
    }
}
