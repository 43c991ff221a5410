/// Why there is nothing to look at.
package enum ViewError: Error, Equatable, CustomStringConvertible {
    case noBrowserPlays(input: String, codec: String)
    /// A folder in which no kept recording lies.
    case nothingKept(folder: String)
    case cannotRead(folder: String, reason: String)
    /// What was to be written is there already.
    case exists(folder: String)
    case cannotMake(folder: String, reason: String)

    /// Whether the place to write to is at fault, and not the recording.
    package var isAboutTheOutput: Bool {
        switch self {
        case .exists, .cannotMake: true
        case .noBrowserPlays, .nothingKept, .cannotRead: false
        }
    }

    package var description: String {
        switch self {
        case .noBrowserPlays(let input, let codec):
            "\(input): its video is \(codec), which no browser plays. 'camstream burn' draws the overlay as a video instead."
        case .nothingKept(let folder):
            "\(folder) holds no recording that was written with --keep-video (.mkv, .mp4, .m4v or .mov)."
        case .cannotRead(let folder, let reason):
            "cannot read the folder \(folder): \(reason)"
        case .exists(let folder):
            "\(folder) is there already. Name a folder that is not."
        case .cannotMake(let folder, let reason):
            "cannot make the folder \(folder): \(reason)"
        }
    }
}
