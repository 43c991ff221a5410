import Foundation
import Synchronization

/// Threads that keep cores busy, as an encoder does, until this is let go.
final class BusyThreads {
    private final class Flag: Sendable {
        let isRaised = Atomic(false)
    }

    private let end = Flag()

    init(count: Int) {
        for _ in 0..<count {
            let end = end
            Thread {
                while !end.isRaised.load(ordering: .relaxed) {}
            }.start()
        }
    }

    deinit { end.isRaised.store(true, ordering: .relaxed) }
}
