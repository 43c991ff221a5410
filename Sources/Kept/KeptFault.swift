/// Why nothing can be drawn from a file that is meant to be a kept recording.
package enum KeptFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Cameras, addresses and drawn scenes hold no tracks.
    case notAFile
    /// No tag tells of tracks.
    case notKept
    /// A newer program wrote it.
    case newerFormat(Int)
    /// The tag is there, and says nothing that can be understood.
    case unreadable
    /// The tag says what cannot be.
    case impossible(key: String)
    /// A stream that the tag names is not there, or is something else.
    case missing(track: String, stream: Int)
    /// A track's pictures are not as large as the tag says. Sizes in pixels, such as "320x180".
    case otherSize(track: String, said: String, found: String)

    /// Whether the command line is at fault, and not the file.
    package var isUsage: Bool { self == .notAFile }

    /// What follows the file's name.
    package var description: String {
        switch self {
        case .notAFile:
            "is no file. Name a recording that was written with --keep-video."
        case .notKept:
            "has no heat tracks: only a recording that was written with --keep-video has them."
        case .newerFormat(let format):
            "was written by a newer camstream (format \(format), this one reads up to \(KeptFacts.newestFormat)). Install that."
        case .unreadable:
            "has a tag about its heat tracks that cannot be read. Make it again with --keep-video."
        case .impossible(let key):
            "has an impossible \(key) in the tag about its heat tracks. Make it again with --keep-video."
        case .missing(let track, let stream):
            "lacks its \(track) (stream \(stream)): another program may have left it out. Make it again with --keep-video."
        case .otherSize(let track, let said, let found):
            "has a \(track) of \(found) instead of \(said) pixels. Make it again with --keep-video."
        }
    }
}
