import Synchronization

/// Who came in with which password, and from where: the same password from there is no guess, and is taken also while
/// others there are shut out. Only who is let in gets a place, so that strangers take none away.
final class Acquaintances: Sendable {
    private struct State {
        var lastUse: [String: Int] = [:]
        var uses = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 1024) { self.capacity = capacity }

    private static func key(_ client: String, _ secret: Secret) -> String { "\(client) \(secret.cookie)" }

    func contains(_ client: String, _ secret: Secret) -> Bool {
        let key = Self.key(client, secret)
        return state.withLock { state in
            guard state.lastUse[key] != nil else { return false }
            state.uses += 1
            state.lastUse[key] = state.uses
            return true
        }
    }

    func insert(_ client: String, _ secret: Secret) {
        let key = Self.key(client, secret)
        state.withLock { state in
            state.uses += 1
            state.lastUse[key] = state.uses
            if state.lastUse.count > capacity, let oldest = state.lastUse.min(by: { $0.value < $1.value })?.key {
                state.lastUse[oldest] = nil
            }
        }
    }
}
