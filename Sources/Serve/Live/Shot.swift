import Pipeline

/// One published picture. Its planes are read by the feed's thread only.
final class Shot: Sendable {
    let frame: Frame
    let facts: PictureFacts
    /// On the server's clock.
    let publishedAt: Duration

    init(_ frame: consuming Frame, _ facts: PictureFacts, publishedAt: Duration) {
        self.frame = frame
        self.facts = facts
        self.publishedAt = publishedAt
    }
}
