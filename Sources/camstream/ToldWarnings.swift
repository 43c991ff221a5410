import Capture
import Logging
import Synchronization

/// Tells what is to be known of an input, and remembers whether it was all of it.
final class ToldWarnings: Sendable {
    private let log: Logger
    private let early = Mutex<CaptureWarning?>(nil)

    init(_ log: Logger) { self.log = log }

    /// Why there are no more pictures than were read; nil: that was all of it.
    var endedEarly: CaptureWarning? { early.withLock { $0 } }

    func tell(_ warnings: [CaptureWarning]) {
        for warning in warnings {
            log.warning("\(warning)")
            if case .endedEarly = warning { early.withLock { $0 = warning } }
        }
    }
}
