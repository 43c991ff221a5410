import Capture
import Pipeline

/// Notices in the times of pictures that the wall clock was set.
struct ClockSteps {
    /// Wall time minus monotonic time of the last picture, in microseconds.
    private var offset: Int64?

    private static let leastTold: Int64 = 1_000_000

    /// - Returns: what to tell, if the clock was set since the last picture.
    mutating func note(_ time: CaptureTime?) -> String? {
        guard let time else { return nil }
        let new = time.wall - time.monotonic
        defer { offset = new }
        guard let offset, abs(new - offset) >= Self.leastTold else { return nil }
        let seconds = (Double(new - offset) / 100_000).rounded() / 10
        return
            "the clock was set \(seconds < 0 ? "back" : "ahead") by \(seconds.magnitude) s: it is \(time.clockTime) now. "
            + "Times of pictures follow, and names of recordings from the next file on"
    }
}
