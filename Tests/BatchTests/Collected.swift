import Synchronization

/// What comes from many threads.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }

    func add(_ new: [Element]) { elements.withLock { $0 += new } }
    func add(_ new: Element) { elements.withLock { $0.append(new) } }
}
