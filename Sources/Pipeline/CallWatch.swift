package import CFFmpeg
import Synchronization

/// Ends libavformat's blocking calls: at an interrupt, and when the time that they were allowed is over.
package final class CallWatch: Sendable {
    package let interrupt: Interrupt
    private let clock: any SystemClock
    /// Microseconds of the monotonic clock.
    private let deadline = Atomic<Int64>(.max)

    private let redirects = Atomic<Int>(0)
    /// As RFC 2068 has it, and more than any camera needs.
    package static let mostRedirects = 5

    /// Without a limit of time at first.
    package init(_ interrupt: Interrupt, _ clock: any SystemClock) {
        self.interrupt = interrupt
        self.clock = clock
    }

    /// Allows so much from now on, whatever was allowed before.
    package func allow(seconds: Double) {
        deadline.store(clock.monotonicTime + Int64(seconds * 1_000_000), ordering: .relaxed)
    }

    /// From now on it may take as long as it takes.
    package func allowAlways() { deadline.store(.max, ordering: .relaxed) }

    package var hasTimedOut: Bool { clock.monotonicTime >= deadline.load(ordering: .relaxed) }
    package var isOver: Bool { interrupt.isRaised || hasTimedOut || isSentAround }

    /// The server has sent us elsewhere once more.
    package func noteRedirect() { redirects.add(1, ordering: .relaxed) }
    /// Whether a server, or several, have sent us elsewhere too often.
    package var isSentAround: Bool { redirects.load(ordering: .relaxed) > Self.mostRedirects }

    /// For an `AVFormatContext`, which asks it while it waits. This object must outlive that context.
    package var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { Unmanaged<CallWatch>.fromOpaque($0!).takeUnretainedValue().isOver ? 1 : 0 },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
