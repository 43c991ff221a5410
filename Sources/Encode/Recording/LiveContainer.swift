import CFFmpeg

/// How a container is written so that the file plays at any moment, whatever happens to its writer.
enum LiveContainer: Sendable {
    /// MP4 and MOV: ISO/IEC 14496-12's movie fragments, each with an index of its own.
    case fragments
    /// Matroska and WebM.
    case clusters
    /// MPEG-TS, which needs no index.
    case stream

    /// - Throws: `EncodeError.notForLive` for containers that are worth nothing before their end is written.
    init(_ format: UnsafePointer<AVOutputFormat>, path: String) throws(EncodeError) {
        switch String(cString: format.pointee.name) {
        case "mp4", "mov", "ipod": self = .fragments
        case "matroska", "webm": self = .clusters
        case "mpegts": self = .stream
        default: throw .notForLive(path: path)
        }
    }

    /// The muxer's options. Where fragments and clusters end is told by flushing.
    var options: [String: String] {
        switch self {
        case .fragments: ["movflags": "+frag_custom+empty_moov+default_base_moof"]
        case .clusters, .stream: [:]
        }
    }

    /// Whether a file gets an index, and can be sought in, only when it is copied.
    ///
    /// - Parameter isWhole: whether what belongs behind the last packet was written.
    func wantsCopy(isWhole: Bool) -> Bool {
        switch self {
        case .fragments: true
        case .clusters: !isWhole
        case .stream: false
        }
    }
}
