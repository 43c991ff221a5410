import Encode
import Pipeline
import Serve

/// The viewers of a live picture. The feed's own thread compresses the newest picture, if somebody looks; a mailbox of one
/// place a viewer is their queue, and the feed counts what they skip.
final class LiveViewers: LiveOutput {
    private let feed: LiveFeed

    private init(_ feed: LiveFeed) { self.feed = feed }

    static func open(_ opening: OutputOpening) -> LiveViewers? { LiveViewers(opening.hub.feed) }

    func goesOn(under config: EncodeConfig) -> Bool { true }

    func wish(_ settings: LiveSettings.Values) -> PictureContent { feed.isWatched ? .drawing : [] }

    func offer(_ frame: borrowing Frame, _ picture: LivePicture) throws -> Bool {
        if picture.content.contains(.drawing) {
            try feed.publish(frame, picture.facts)
        } else {
            feed.pass(picture.facts)
        }
        return false
    }

    /// The feed outlives the camera's pictures.
    func finish(within limit: Duration?) {}
}
