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
    /// Whether the same input must become the same bytes each time, even if it takes longer: nothing has a date. Not in config
    /// files.
    package var isRepeatable = false
    /// Whether the video must be one that all players show: 4:2:0 in 8 bits, SDR. Not in config files.
    package var isForAnyPlayer = false
    /// Whether an existing file may be replaced.
    package var force = false
    /// Whether audio, subtitles, data and attachments go to the output.
    package var copyStreams = true
    /// Whether the input's packets are copied as they are; heat, labels and records are put beside a recording's, as tracks.
    package var keepVideo = false
    /// The encoder's own options, each "key=value".
    package var options: [String] = []
    /// Path of a JSON Lines file that tells of each frame what was seen.
    package var sidecar: String?
    /// Path of a file in NumPy's format (.npz) that holds the raw maps.
    package var maps: String?
    /// Path of a page (.html) that tells people what was seen in a recording.
    package var report: String?
    /// Path of a picture (.png) of where objects were in a recording.
    package var dwell: String?
    /// Of live recordings: the length after which a new file begins; nil: one file.
    package var segment: TimeSpan?
    /// Of live recordings in segments: the age at which files are deleted, and how many bytes all may take together.
    package var keep: TimeSpan?
    package var maxBytes: DataSize?
    /// Where a live picture is sent to: see `PushTarget`.
    package var push: [String] = []
    /// Whether the camera is not ready while the picture cannot be sent.
    package var pushRequired = false

    package init() {}

    /// Those that files are written with: the same where only others are different.
    package var ofFiles: EncodeConfig {
        var config = self
        (config.push, config.pushRequired) = ([], false)
        return config
    }

    /// - Throws: `EncodeError` if a target is none, or is named twice.
    package func pushTargets() throws(EncodeError) -> [PushTarget] {
        var targets: [PushTarget] = []
        for text in push {
            let target = try PushTarget(text)
            guard !targets.contains(target) else { throw .badPush(target: target.name, problem: "it is named twice") }
            targets.append(target)
        }
        return targets
    }

    /// Whether no picture is written: only what is seen in them.
    package var isAnalysis: Bool { output.isEmpty && !findings.isEmpty }

    /// Whether nothing is drawn over pictures.
    package var drawsNothing: Bool { keepVideo || isAnalysis }

    /// All files that are to be written, as they were named.
    package var files: [String] { (output.isEmpty ? [] : [output]) + findings }

    /// Those that tell what is seen.
    private var findings: [String] { [sidecar, maps, report, dwell].compactMap { $0 } }

    package static let settings: [SettingDescriptor<EncodeConfig>] = [
        .init(
            \.output, "output", .text(), example: "overlay.mp4", option: "--out",
            "Video, image (.png, .jpg) or numbered sequence."),
        .init(
            \.codec, "codec", .optional(.text("an encoder's name, such as libx264") { !$0.isEmpty }),
            example: "libx264",
            "Video encoder of the linked FFmpeg, such as libx264, libx265, libvpx-vp9, ffv1."),
        .init(
            \.preset, "preset", .optional(.text()), example: "veryfast",
            "Encoder preset, such as ultrafast, veryfast, medium, slow."),
        .init(
            \.crf, "crf", .optional(.number(0...63, allowed: "0 to 63, lower is better")), example: "20",
            "Constant rate factor: lower is better and larger."),
        .init(\.quality, "quality", .whole(1...100), "Quality of JPEG images."),
        .init(
            \.threads, "threads", .whole(0...64, allowed: "0 (automatic) to 64"),
            "Threads of the encoder; 0: as it thinks best."),
        .init(\.force, "force", .flag, "Replace an existing output."),
        .init(
            \.copyStreams, "copy-streams", .flag, "Take audio, subtitles, data and attachments over into the output."),
        .init(
            \.keepVideo, "keep-video", .flag,
            "Copy the input's own packets (.mkv, .mp4, .mov); of a recording, put heat, labels and records beside them as tracks."
        ),
        .init(
            \.options, "options", .list("key=value, such as tune=film"),
            "The encoder's own options, such as [\"tune=film\"]."),
        .init(
            \.sidecar, "sidecar", .optional(.text("a file name, such as out.jsonl") { !$0.isEmpty }),
            example: "out.jsonl",
            "Write a JSON object a frame (class, probabilities, peak, box) to this file."),
        .init(
            \.maps, "maps",
            .optional(.text("a file name that ends in .npz, such as maps.npz") { $0.fileExtension == "npz" }),
            example: "maps.npz",
            "Write the raw maps (float32) with classes and times to this file in NumPy's format, .npz."),
        .init(
            \.report, "report",
            .optional(
                .text("a file name that ends in .html, such as seen.html") {
                    ["html", "htm"].contains($0.fileExtension)
                }),
            example: "seen.html",
            "Write a page of a recording (frames with heat, timeline, classes, doubts) to this file, .html."),
        .init(
            \.dwell, "dwell",
            .optional(
                .text("a file name that ends in .png, such as where.png") {
                    $0.fileExtension == "png" && !$0.contains("%")
                }),
            example: "where.png",
            "Write a picture of where a detector's objects were in a recording, and for how long, to this file, .png."),
        .init(
            \.segment, "segment", .optional(.value(TimeSpan.form)), example: "10m",
            "Begin a new recording after this time, such as 10m; --out is a pattern such as rec/%Y-%m-%d/%H-%M-%S.mp4."),
        .init(
            \.keep, "keep", .optional(.value(TimeSpan.form)), example: "7d",
            "Delete recordings older than this, such as 7d."),
        .init(
            \.maxBytes, "max-bytes", .optional(.value(DataSize.form)), example: "20G",
            "Delete the oldest recordings when all are larger than this, such as 20G."),
        .init(
            \.push, "push", .list("addresses such as rtsp://127.0.0.1:8554/camera"),
            example: "rtsp://127.0.0.1:8554/camera",
            "Send the live video (H.264) to these servers: rtsp, rtmp, srt, udp and rtp addresses."),
        .init(
            \.pushRequired, "push-required", .flag,
            "The camera is not ready (/readyz) while its video cannot be sent."),
    ]

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    /// Checks ranges. What the encoder itself allows is checked by `checkOutput`.
    package func validate() throws(ConfigError) {
        try Self.settings.check(self, in: "encode")
        if let option = options.first(where: { option in
            (option.firstIndex(of: "=") ?? option.startIndex) == option.startIndex
        }) {
            throw .outOfRange(key: "encode.options", value: option, allowed: "key=value, such as tune=film")
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
