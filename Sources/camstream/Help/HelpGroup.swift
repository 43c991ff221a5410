/// Where an option stands in help and in the manual page: the program's own are sorted by what they are about.
enum HelpGroup: String, CaseIterable, Sendable {
    case arguments = "Arguments"
    /// Of a command alone.
    case own = "Options"
    case input = "Input"
    case camera = "Camera"
    case model = "Model"
    case detector = "Detector"
    case method = "Method"
    case time = "Time"
    case picture = "Picture"
    case output = "Output"
    case recording = "Recording"
    case server = "Server"
    case program = "Program"

    /// Names without dashes, in the order in which they are shown.
    var members: [String] {
        switch self {
        case .arguments, .own: []
        case .input: ["input", "live", "wait", "region"]
        case .camera: ["size", "fps", "pixel-format", "control"]
        case .model: ["model", "card", "class", "versus", "output-tensor", "device", "precision"]
        case .detector:
            ["detector", "detector-class", "min-score", "max-boxes", "overlap", "track", "heat", "crop-margin"]
        case .method: ["method", "methods", "evaluated", "layer", "fuse", "channels", "samples", "seed"]
        case .time: ["filter", "smoothing", "scale", "motion", "cam-every", "inference-rate", "label-floor"]
        case .picture: ["layout", "colormap", "blend", "opacity", "labels", "box", "color-bar", "enlarge", "font"]
        case .output:
            [
                "out", "sidecar", "maps", "report", "dwell", "keep-video", "codec", "preset", "crf", "quality",
                "copy-streams", "push", "summary-json", "force",
            ]
        case .recording: ["segment", "keep", "max-bytes"]
        case .server:
            [
                "serve", "listen", "token-file", "user-file", "insecure", "tls-cert", "tls-key", "read-only", "teach",
                "events", "mqtt",
            ]
        case .program: ["config", "quiet", "verbose", "color", "version", "help"]
        }
    }

    /// What people use daily: the short help of the program, which has no more room.
    static let daily: Set<String> = [
        "input", "model", "class", "method", "layout", "colormap", "out", "sidecar", "force", "serve", "help",
    ]

    /// The same of commands that take most of the program's options, too, but are of recordings.
    static let dailyOfCommands = daily.subtracting(["input", "serve"]).union(["layer"])

    static let dailyOfService = daily.subtracting(["serve"]).union(["layer", "segment", "keep", "max-bytes", "listen"])

    /// Options of the program itself that are no settings.
    private static let plain: Set<String> = ["control", "serve", "push", "summary-json"]

    /// - Parameters:
    ///   - isSetting: whether it is the program's own of this name.
    static func of(_ argument: ArgumentInfo, isSetting: Bool) -> HelpGroup {
        if argument.kind == .positional { return .arguments }
        let isShared = isSetting || plain.contains(argument.name)
        return allCases.first { group in
            (isShared || group == .program) && group.members.contains(argument.name)
        } ?? .own
    }
}
