package import CFFmpeg
import Synchronization

/// Ends blocking reads at once, from any thread or a signal's handler: SIGINT must not wait for a silent network.
package final class Interrupt: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package func raise() { flag.store(true, ordering: .relaxed) }
    package var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// For an `AVFormatContext`, which asks it while it waits. This object must outlive that context.
    package var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { Unmanaged<Interrupt>.fromOpaque($0!).takeUnretainedValue().isRaised ? 1 : 0 },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
