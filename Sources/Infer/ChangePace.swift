import Pipeline
import Tracking

/// Which pictures of a stream the classifier looks at: those in which something changed since the last one that it looked at, and
/// one a second at least.
struct ChangePace {
    private let watch: ChangeWatch
    /// Presentation times, in seconds.
    private var looked: Double?
    private var last = -Double.infinity
    private var hasJustLooked = false

    /// Seconds after which it looks whatever it sees.
    static let longest = 1.0
    /// Of two changed pictures that are closer to each other than this, in seconds, the first is enough: maps follow the motion.
    private static let close = 0.05

    init(_ input: ModelInput) {
        watch = ChangeWatch(width: input.width, height: input.height, channels: input.channels)
    }

    /// The next picture is looked at.
    mutating func forget() {
        watch.forget()
        (looked, hasJustLooked) = (nil, false)
    }

    /// - Parameters:
    ///   - input: 8-bit `[height, width, channels]`.
    ///   - seconds: the picture's presentation time.
    ///   - isInDoubt: whether it may decide which class is shown: then each changed picture counts.
    mutating func takes(_ input: UnsafeRawBufferPointer, at seconds: Double, isInDoubt: Bool) -> Bool {
        if seconds < last { forget() }
        let differs = watch.differs(input)
        // Times are rounded, and a picture that is due in less than that is.
        let isDue = looked.map { seconds - $0 >= Self.longest - 0.002 } ?? true
        let isTooSoon = hasJustLooked && !isInDoubt && seconds - last < Self.close
        last = seconds
        hasJustLooked = isDue || differs && !isTooSoon
        guard hasJustLooked else { return false }
        looked = seconds
        watch.keep()
        return true
    }
}
