import Capture

/// Notices that a pipeline which runs lets nothing through: a driver, a decoder or a disk that hangs.
struct CameraProgress {
    enum News: Equatable {
        /// For so long.
        case stalled(Duration)
        case goesOn
    }

    private var pictures = 0
    private var since: ContinuousClock.Instant?
    private var isStalled = false

    /// - Parameters:
    ///   - pictures: how many came through until now, slates too.
    ///   - patience: for how long none may come.
    /// - Returns: what to tell; nil: nothing.
    mutating func note(
        pictures: Int, isRunning: Bool, at now: ContinuousClock.Instant, patience: Duration
    ) -> News? {
        guard isRunning, pictures == self.pictures, let since else {
            self.pictures = pictures
            since = now
            defer { isStalled = false }
            return isStalled && isRunning ? .goesOn : nil
        }
        guard !isStalled, now - since >= patience else { return nil }
        isStalled = true
        return .stalled(patience)
    }

    /// More than an input may be silent, after which there are slates, and more than there is between two pictures.
    static func patience(_ config: CaptureConfig) -> Duration {
        .seconds(max(15, config.timeout + 5, config.frameRate.map { 3 / $0 } ?? 0))
    }
}
