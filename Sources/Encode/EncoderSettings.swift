import CFFmpeg
import Pipeline

/// The options that an encoder is opened with: the user's, and ours where the user says nothing.
struct EncoderSettings {
    typealias Option = (key: String, value: String)

    let mode: EncodingMode
    private let codec: UnsafePointer<AVCodec>
    private let threads: Int
    private let isRepeatable: Bool
    private let jpegQuality: Int
    /// The user's, in the order they are set.
    private var given: [Option] = []

    init(_ config: EncodeConfig, _ codec: UnsafePointer<AVCodec>, _ mode: EncodingMode = .file) {
        self.mode = mode
        self.codec = codec
        threads = config.threads
        isRepeatable = config.isRepeatable
        jpegQuality = config.quality
        if let preset = config.preset { given.append(("preset", preset)) }
        if let crf = config.crf { given.append(("crf", crf == crf.rounded() ? "\(Int(crf))" : "\(crf)")) }
        for option in config.options {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            given.append((String(parts[0]), parts.count == 2 ? String(parts[1]) : ""))
        }
    }

    /// Sets all options in a context that is not open yet.
    ///
    /// - Parameter frameRate: of the pictures; 0/1 if unknown.
    /// - Throws: `EncodeError` if the encoder lacks one of the user's options, or its value is out of range.
    func apply(
        to context: UnsafeMutablePointer<AVCodecContext>, frameRate: AVRational = AVRational(num: 25, den: 1)
    ) throws(EncodeError) {
        context.pointee.thread_count = Int32(threads)
        if mode == .live {
            // No picture waits for another, and encoders that don't obey about key pictures make one a second.
            context.pointee.max_b_frames = 0
            context.pointee.thread_type = FF_THREAD_SLICE
            context.pointee.gop_size = frameRate.den > 0 ? max(Int32(av_q2d(frameRate).rounded()), 1) : 25
        }
        applyDefaults(to: context)
        for (key, value) in given {
            let code = av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN)
            if code == shim_error_option_not_found { throw .unknownOption(codec: codec.name, key: key) }
            // libx264 and libx265 count to 51, but take more without a word.
            let isTooCoarse = key == "crf" && codec.name.hasPrefix("libx26") && (Double(value) ?? 0) > 51
            guard code >= 0, !isTooCoarse else {
                throw .optionValue(codec: codec.name, key: key, value: value)
            }
        }
    }

    /// Checks the user's options without a picture: do they exist, are they in range, does the encoder open with them?
    func check() throws(EncodeError) {
        guard !given.isEmpty else { return }
        let isOpen = try opens()
        guard !isOpen else { return }
        // An encoder that doesn't open with its defaults either refuses the trial's picture, which tells nothing.
        var plain = self
        plain.given = []
        if try plain.opens() {
            let settings = given.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            throw .settingsRefused(codec: codec.name, settings: settings)
        }
    }

    /// Some values are known only to the encoder's library, such as x264's presets, so it is tried.
    private func opens() throws(EncodeError) -> Bool {
        guard let context = avcodec_alloc_context3(codec) else { return false }
        defer { context.free(hadPictures: false) }
        try apply(to: context)
        context.pointee.width = 320
        context.pointee.height = 240
        context.pointee.pix_fmt = shim_encoder_formats(codec)?.pointee ?? AV_PIX_FMT_YUV420P
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.framerate = AVRational(num: 25, den: 1)
        return avcodec_open2(context, nil, nil) >= 0
    }

    // MARK: - What a user gets who asks for nothing

    private func applyDefaults(to context: UnsafeMutablePointer<AVCodecContext>) {
        let chosen = Set(given.map(\.key))
        // How good or how big: the user may tell it in another way than our default does.
        let isRateChosen = !chosen.isDisjoint(with: Self.rateOptions)
        let live = mode == .live ? Self.liveDefaults[codec.name] ?? [] : []
        let usual = (Self.defaults[codec.name] ?? []).filter { option in !live.contains { $0.key == option.key } }
        for (key, value) in live + usual where !chosen.contains(key) {
            if isRateChosen && (key == "crf" || key == "b") { continue }
            // Not checked: an option may be missing in a version of FFmpeg.
            av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN)
        }
        if isRepeatable, codec.name.hasPrefix("libx264"), Self.hasAVX512,
            chosen.isDisjoint(with: ["x264-params", "x264opts"])
        {
            av_opt_set(context, "x264-params", "asm=avx2", AV_OPT_SEARCH_CHILDREN)
        }
        if !isRateChosen, let scale = defaultScale {
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.qmin = 1
            context.pointee.global_quality = Int32((scale * Double(FF_QP2LAMBDA)).rounded())
        }
    }

    /// Of x264 (core 164) the code for AVX-512 reads memory that nobody wrote when it looks ahead, so that the same pictures may
    /// become other files. With AVX2 it takes 1.12 times as long (720p, veryfast).
    private static let hasAVX512: Bool = {
        guard let text = try? TextFile.text(of: "/proc/cpuinfo") else { return false }
        return text.split(separator: "\n").first { $0.hasPrefix("flags") }?.contains(" avx512bw") == true
    }()

    private static let rateOptions: Set<String> = [
        "b", "qp", "cqp", "cq", "rc", "rc_mode", "global_quality", "lossless", "maxrate",
    ]

    /// Fast, and good enough that a second generation doesn't show.
    private static let defaults: [String: [Option]] = [
        "libx264": [("preset", "veryfast"), ("crf", "20")],
        "libx264rgb": [("preset", "veryfast"), ("crf", "20")],
        "libx265": [("preset", "veryfast"), ("crf", "24"), ("x265-params", "log-level=error")],
        // Bit rate 0 makes VP9 and AV1 obey crf alone; VP8 wants a ceiling.
        "libvpx-vp9": [("deadline", "realtime"), ("cpu-used", "6"), ("row-mt", "1"), ("crf", "30"), ("b", "0")],
        "libvpx": [("deadline", "realtime"), ("cpu-used", "6"), ("crf", "10"), ("b", "8M")],
        "libaom-av1": [("cpu-used", "7"), ("row-mt", "1"), ("crf", "30"), ("b", "0")],
        "libsvtav1": [("preset", "10"), ("crf", "30")],
    ]

    /// Little work and no delay: a recording takes few of the cores that the classifier needs.
    private static let liveDefaults: [String: [Option]] = [
        "libx264": [("preset", "superfast"), ("tune", "zerolatency"), ("crf", "23"), ("forced-idr", "1")],
        "libx264rgb": [("preset", "superfast"), ("tune", "zerolatency"), ("crf", "23"), ("forced-idr", "1")],
        "libx265": [("preset", "ultrafast"), ("tune", "zerolatency"), ("forced-idr", "1")],
        "libvpx-vp9": [("cpu-used", "8"), ("lag-in-frames", "0")],
        "libvpx": [("cpu-used", "8"), ("lag-in-frames", "0")],
        "libaom-av1": [("usage", "realtime"), ("cpu-used", "8"), ("lag-in-frames", "0")],
        "libsvtav1": [("preset", "12")],
    ]

    /// The quantiser of encoders that know no crf, such as MPEG-4's; nil for those that do.
    private var defaultScale: Double? {
        if codec.pointee.id == AV_CODEC_ID_MJPEG { return Self.scale(ofJPEGQuality: jpegQuality) }
        // Theora counts upwards, to 10.
        if codec.pointee.id == AV_CODEC_ID_THEORA { return 8 }
        return Self.defaults[codec.name] == nil ? 3 : nil
    }

    /// libjpeg scales the standard's table to 5000/q % below q = 50, (200 - 2q) % above. FFmpeg scales MPEG-1's table
    /// by scale/8, whose mean is 55 % of the other's.
    private static func scale(ofJPEGQuality quality: Int) -> Double {
        let percent = quality < 50 ? 5000 / Double(quality) : 200 - 2 * Double(quality)
        return min(max(percent / 100 * 8 / 0.55, 1), 31)
    }
}
