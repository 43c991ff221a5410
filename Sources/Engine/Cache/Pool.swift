/// Finds again what was made, as long as anybody holds it; the latest few are held here.
package struct Pool<Key: Hashable & Sendable, Value: AnyObject & Sendable>: Sendable {
    private struct Entry: Sendable {
        weak var value: Value?
    }

    private var entries: [Key: Entry] = [:]
    /// The one that was used last is last.
    private var latest: [Value] = []
    private let capacity: Int

    /// - Parameter keeping: how many of those that were used last stay, though nobody else holds them.
    package init(keeping: Int) { capacity = keeping }

    package mutating func find(_ key: Key) -> Value? {
        guard let found = entries[key]?.value else { return nil }
        keep(found)
        return found
    }

    package mutating func insert(_ value: Value, _ key: Key) {
        entries = entries.filter { $0.value.value != nil }
        entries[key] = Entry(value: value)
        keep(value)
    }

    private mutating func keep(_ value: Value) {
        guard capacity > 0 else { return }
        latest.removeAll { $0 === value }
        if latest.count == capacity { latest.removeFirst() }
        latest.append(value)
    }
}
