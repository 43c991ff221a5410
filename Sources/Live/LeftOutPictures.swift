import Infer

/// Pictures that a session that works could not explain: told at once, and then once a minute at most, with their number.
struct LeftOutPictures {
    private var count = 0
    private var told: ContinuousClock.Instant?

    private static let interval = Duration.seconds(60)

    /// - Parameter now: when the picture came.
    /// - Returns: what is to be told; nil: nothing yet.
    mutating func note(_ error: InferError, at now: ContinuousClock.Instant) -> String? {
        count += 1
        guard told.map({ now - $0 >= Self.interval }) ?? true else { return nil }
        defer { (count, told) = (0, now) }
        return count == 1
            ? "a frame is left out: \(error)"
            : "\(count) more frames were left out since then: \(error)"
    }
}
