import Synchronization

/// A `Pool` for several threads: what is wanted by many at once is made once, and while one thing is made nobody waits who
/// wants another.
package final class SharedPool<Key: Hashable & Sendable, Value: AnyObject & Sendable>: Sendable {
    private final class Gate: Sendable {
        let isMade = Mutex(())
    }

    private let pool: Mutex<Pool<Key, Value>>
    /// Of what is being made, and how many want it.
    private let gates = Mutex<[Key: (gate: Gate, users: Int)]>([:])

    /// - Parameter keeping: as a `Pool` has it.
    package init(keeping: Int = 0) { pool = Mutex(Pool(keeping: keeping)) }

    /// - Parameter make: blocks those who want the same.
    package func find<Failure: Error>(
        _ key: Key, orMake make: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        if let known = pool.withLock({ $0.find(key) }) { return known }
        let gate = enter(key)
        defer { leave(key) }
        return try gate.isMade.withLock { (_: inout Void) throws(Failure) -> Value in
            if let known = pool.withLock({ $0.find(key) }) { return known }
            let made = try make()
            pool.withLock { $0.insert(made, key) }
            return made
        }
    }

    private func enter(_ key: Key) -> Gate {
        gates.withLock { gates in
            let entry = gates[key] ?? (Gate(), 0)
            gates[key] = (entry.gate, entry.users + 1)
            return entry.gate
        }
    }

    private func leave(_ key: Key) {
        gates.withLock { gates in
            guard let entry = gates[key] else { return }
            gates[key] = entry.users == 1 ? nil : (entry.gate, entry.users - 1)
        }
    }
}
