import Synchronization

/// Ends blocking reads at once, from any thread or a signal's handler: SIGINT must not wait for a silent network.
package final class Interrupt: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package func raise() { flag.store(true, ordering: .relaxed) }
    package var isRaised: Bool { flag.load(ordering: .relaxed) }
}
