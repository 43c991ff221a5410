package import Pipeline

/// Where the result goes, and how it is compressed.
package struct EncodeConfig: Decodable, Sendable, Equatable {
    /// Path of the result. Its ending chooses the container; `%05d` in a picture's name makes a numbered sequence.
    package var output = ""
    /// An encoder ("libx265") or codec ("hevc") that the linked FFmpeg has; nil: the container's default.
    package var codec: String?
    /// The encoder's own word for its speed, such as "veryfast"; nil: fast.
    package var preset: String?
    /// Constant quality as the encoder counts it, lower is better; nil: 20 with H.264, much the same with others.
    package var crf: Double?
    /// Quality of JPEG as most programs count it, 1...100.
    package var quality = 92
    /// Threads of the encoder; 0: as it thinks best.
    package var threads = 0
    /// Whether an existing file may be replaced.
    package var force = false
    /// Whether audio, subtitles, data and attachments go to the output.
    package var copyStreams = true
    /// The encoder's own options, each "key=value".
    package var options: [String] = []
    /// Path of a JSON Lines file that tells of each frame what was seen.
    package var sidecar: String?
    /// Path of a file in NumPy's format (.npz) that holds the raw maps.
    package var maps: String?
    /// Of live recordings: the length after which a new file begins; nil: one file.
    package var segment: TimeSpan?
    /// Of live recordings in segments: the age at which files are deleted, and how many bytes all may take together.
    package var keep: TimeSpan?
    package var maxBytes: DataSize?

    package init() {}

    private enum Key: String, CodingKey, CaseIterable {
        case output, codec, preset, crf, quality, threads, force
        case copyStreams = "copy-streams"
        case options, sidecar, maps, segment, keep
        case maxBytes = "max-bytes"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        output = try fields.decodeIfPresent(String.self, forKey: .output) ?? output
        codec = try fields.decodeIfPresent(String.self, forKey: .codec)
        preset = try fields.decodeIfPresent(String.self, forKey: .preset)
        crf = try fields.decodeIfPresent(Double.self, forKey: .crf)
        quality = try fields.decodeIfPresent(Int.self, forKey: .quality) ?? quality
        threads = try fields.decodeIfPresent(Int.self, forKey: .threads) ?? threads
        force = try fields.decodeIfPresent(Bool.self, forKey: .force) ?? force
        copyStreams = try fields.decodeIfPresent(Bool.self, forKey: .copyStreams) ?? copyStreams
        options = try fields.decodeIfPresent([String].self, forKey: .options) ?? options
        sidecar = try fields.decodeIfPresent(String.self, forKey: .sidecar)
        maps = try fields.decodeIfPresent(String.self, forKey: .maps)
        segment = try fields.decodeIfPresent(TimeSpan.self, forKey: .segment)
        keep = try fields.decodeIfPresent(TimeSpan.self, forKey: .keep)
        maxBytes = try fields.decodeIfPresent(DataSize.self, forKey: .maxBytes)
    }

    /// Checks ranges. What the encoder itself allows is checked by `checkOutput`.
    package func validate() throws(ConfigError) {
        if let crf, !(0...63).contains(crf) {
            throw .outOfRange(key: "encode.crf", value: "\(crf)", allowed: "0 to 63, lower is better")
        }
        guard (1...100).contains(quality) else {
            throw .outOfRange(key: "encode.quality", value: "\(quality)", allowed: "1 to 100")
        }
        guard (0...64).contains(threads) else {
            throw .outOfRange(key: "encode.threads", value: "\(threads)", allowed: "0 (automatic) to 64")
        }
        if let option = options.first(where: { option in
            (option.firstIndex(of: "=") ?? option.startIndex) == option.startIndex
        }) {
            throw .outOfRange(key: "encode.options", value: option, allowed: "key=value, such as tune=film")
        }
        if codec?.isEmpty == true {
            throw .outOfRange(key: "encode.codec", value: "", allowed: "an encoder's name, such as libx264")
        }
        if sidecar?.isEmpty == true {
            throw .outOfRange(key: "encode.sidecar", value: "", allowed: "a file name, such as out.jsonl")
        }
        if let maps, maps.fileExtension != "npz" {
            throw .outOfRange(
                key: "encode.maps", value: maps, allowed: "a file name that ends in .npz, such as maps.npz")
        }
        try validateSegments()
    }

    private func validateSegments() throws(ConfigError) {
        if let keep, let segment, keep.seconds < segment.seconds {
            throw .outOfRange(key: "encode.keep", value: "\(keep)", allowed: "at least encode.segment, \(segment)")
        }
        // Else a file that is meant to stay could be deleted.
        let limit = keep.map { ("encode.keep", "\($0)") } ?? maxBytes.map { ("encode.max-bytes", "\($0)") }
        if segment == nil, let limit {
            throw .outOfRange(key: limit.0, value: limit.1, allowed: "only together with encode.segment, such as 10m")
        }
    }
}
