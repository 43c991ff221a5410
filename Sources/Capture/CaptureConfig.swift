package import Pipeline

/// Where pictures come from, and how they are read.
package struct CaptureConfig: Decodable, Sendable, Equatable {
    /// A file, a URL, a pattern such as `frame_%05d.png`, `-` for standard input, a camera such as `/dev/video0`, or
    /// `demo:` for the drawn scene.
    package var input = ""
    /// FFmpeg's name of the input's format, such as `mpegts`; nil: found out from the content.
    package var inputFormat: String?
    /// Number of the video stream in the file, counted over all its streams from 0; nil: the best one.
    package var videoStream: Int?
    /// Seconds that a network input or a camera may stay silent.
    package var timeout = 10.0
    /// Whether a recording is played at its own rate, as if a camera took it, and an address that may be either is taken
    /// for a stream. Cameras and streams are live by themselves.
    package var live = false
    /// Whether a camera or an address that is not there at the start is waited for.
    package var wait = false
    /// Threads of the decoder; 0: as many as there are cores.
    package var decoderThreads = 0
    /// Whether the streams that go with a recording's video are handed on, too, in the source's `packets`, which somebody
    /// must then empty: nobody else bounds them. Not in config files.
    package var takesAuxiliaryStreams = false
    /// Whether the packets of a recording's video are handed on in the same way, and those of its other videos and pictures where
    /// auxiliary streams are; of a live input, whether its own packets can be had. Not in config files.
    package var keepsVideo = false
    /// Whether the sound of what is live can be had. Not in config files.
    package var takesSound = false
    /// Frames a second of an input that carries no times (numbered pictures, raw streams; nil: FFmpeg's default, 25),
    /// or to ask of a camera (nil: the highest up to 30).
    package var frameRate: Double?
    /// Of a camera: nil: the best for the machine, see `ModeChoice`.
    package var size: PictureSize?
    /// Of a camera: one of `CameraPixelFormat`'s names; nil: the best.
    package var pixelFormat: String?
    /// Of a camera: set in this order when it is opened.
    package var controls: [ControlSetting] = []

    package init() {}

    package static let settings: [SettingDescriptor<CaptureConfig>] = [
        .init(
            \.input, "input",
            .text("a file, a URL, a pattern such as frame_%05d.png, -, /dev/video0 or demo:") { !$0.isEmpty },
            example: "clip.mp4",
            """
            Video, image, numbered sequence (frames/%05d.png), URL, - for standard input, camera (/dev/video0), or \
            demo: for a scene that is drawn (demo:seconds=60,size=1920x1080,fps=25,seed=7).
            """),
        .init(
            \.inputFormat, "input-format", .optional(.text("a name that `ffmpeg -demuxers` lists") { !$0.isEmpty }),
            example: "mpegts", "FFmpeg's name of the input's format; found out without it."),
        .init(
            \.videoStream, "video-stream", .optional(.whole(0...9999)), example: "1",
            "Number of the video stream in the file, over all its streams from 0; the best one without it."),
        .init(
            \.timeout, "timeout",
            .number(Double.leastNonzeroMagnitude...3600, allowed: "above 0, at most 3600 seconds"),
            "Seconds that a network input or a camera may stay silent."),
        .init(
            \.live, "live", .flag, "Play a file at its own rate as if it were a camera: the newest frame wins."),
        .init(\.wait, "wait", .flag, "Wait for a camera or stream that is not there yet."),
        .init(
            \.decoderThreads, "decoder-threads", .whole(0...256),
            "Threads of the decoder; 0: as many as there are cores."),
        .init(
            \.frameRate, "frame-rate", .optional(.number(0.001...1000)), example: "25", option: "--fps",
            "Frames a second: of a camera the nearest that it has, of numbered pictures their own."),
        .init(
            \.size, "size", .optional(.value(PictureSize.form)), example: "1280x720",
            "Size of a camera's frames, such as 1280x720; the best for the machine without it."),
        .init(
            \.pixelFormat, "pixel-format",
            .optional(
                .text(CameraPixelFormat.all.map(\.name).joined(separator: ", ")) { CameraPixelFormat(named: $0) != nil }
            ),
            example: "MJPG", "Pixel format of a camera, such as YUYV or MJPG; 'camstream devices' lists them."),
        .init(
            \.controls, "controls", .list(), option: "--control",
            "Controls of a camera, set in this order, such as [\"brightness=128\"]; 'camstream devices' lists them."),
    ]

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    package func validate() throws(ConfigError) { try Self.settings.check(self, in: "capture") }
}

extension CaptureConfig {
    var modeWish: ModeWish {
        ModeWish(size: size, rate: frameRate, pixelFormat: pixelFormat.flatMap { CameraPixelFormat(named: $0) })
    }

    /// The first setting that has a meaning for cameras only, and is set.
    var cameraSetting: String? {
        let defaults = CaptureConfig()
        return Self.settings.first { setting in
            ["size", "pixel-format", "controls"].contains(setting.key) && !setting.isSame(self, defaults)
        }?.key
    }
}
