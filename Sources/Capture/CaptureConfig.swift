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

    private enum Key: String, CodingKey, CaseIterable {
        case input, timeout, live, wait, size, controls
        case inputFormat = "input-format"
        case videoStream = "video-stream"
        case decoderThreads = "decoder-threads"
        case frameRate = "frame-rate"
        case pixelFormat = "pixel-format"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        input = try fields.decodeIfPresent(String.self, forKey: .input) ?? input
        inputFormat = try fields.decodeIfPresent(String.self, forKey: .inputFormat)
        videoStream = try fields.decodeIfPresent(Int.self, forKey: .videoStream)
        timeout = try fields.decodeIfPresent(Double.self, forKey: .timeout) ?? timeout
        live = try fields.decodeIfPresent(Bool.self, forKey: .live) ?? live
        wait = try fields.decodeIfPresent(Bool.self, forKey: .wait) ?? wait
        decoderThreads = try fields.decodeIfPresent(Int.self, forKey: .decoderThreads) ?? decoderThreads
        frameRate = try fields.decodeIfPresent(Double.self, forKey: .frameRate)
        size = try fields.decodeIfPresent(PictureSize.self, forKey: .size)
        pixelFormat = try fields.decodeIfPresent(String.self, forKey: .pixelFormat)
        controls = try fields.decodeIfPresent([ControlSetting].self, forKey: .controls) ?? controls
    }

    package func validate() throws(ConfigError) {
        func require(
            _ isAllowed: Bool, _ key: Key, _ value: some CustomStringConvertible, _ allowed: String
        ) throws(ConfigError) {
            guard isAllowed else {
                throw .outOfRange(key: "capture.\(key.rawValue)", value: value.description, allowed: allowed)
            }
        }
        try require(
            !input.isEmpty, .input, input, "a file, a URL, a pattern such as frame_%05d.png, -, /dev/video0 or demo:")
        if let inputFormat {
            try require(!inputFormat.isEmpty, .inputFormat, inputFormat, "a name that `ffmpeg -demuxers` lists")
        }
        if let videoStream { try require((0..<10_000).contains(videoStream), .videoStream, videoStream, "0 to 9999") }
        try require(timeout > 0 && timeout <= 3600, .timeout, timeout, "above 0, at most 3600 seconds")
        try require((0...256).contains(decoderThreads), .decoderThreads, decoderThreads, "0 to 256")
        if let frameRate { try require((0.001...1000).contains(frameRate), .frameRate, frameRate, "0.001 to 1000") }
        if let pixelFormat {
            try require(
                CameraPixelFormat(named: pixelFormat) != nil, .pixelFormat, pixelFormat,
                CameraPixelFormat.all.map(\.name).joined(separator: ", "))
        }
    }
}

extension CaptureConfig {
    var modeWish: ModeWish {
        ModeWish(size: size, rate: frameRate, pixelFormat: pixelFormat.flatMap { CameraPixelFormat(named: $0) })
    }

    /// The first setting that has a meaning for cameras only, and is set.
    var cameraSetting: String? {
        let settings: [(Key, Bool)] = [
            (.size, size != nil), (.pixelFormat, pixelFormat != nil), (.controls, !controls.isEmpty),
        ]
        return settings.first { $0.1 }?.0.rawValue
    }
}
