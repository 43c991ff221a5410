import CFFmpeg
import Glibc
import Pipeline

/// An opened input, split into its streams' packets. Sole owner of its `AVFormatContext`.
final class Demuxer {
    enum Step {
        case packet
        case end
        /// By the interrupt, or the time is over.
        case interrupted
        case failed(FFmpegError)
    }

    let location: InputLocation
    let context: UnsafeMutablePointer<AVFormatContext>
    /// Whether it is a stream without an end, whose pictures come as they are taken.
    let isLive: Bool
    private let watch: CallWatch
    private let descriptor: DescriptorInput?
    private let multipart: MultipartInput?
    private let named: NamedFiles?

    /// Opens the input and finds out what streams it has.
    ///
    /// - Parameter watch: ends blocking calls; a live input is allowed the time-out for each of these two steps.
    /// - Parameter isKnownLive: whether it was found to be live before.
    init(_ config: CaptureConfig, _ watch: CallWatch, isKnownLive: Bool = false) throws(CaptureError) {
        _ = FFmpegLog.silenced
        let format = try Self.format(named: config.inputFormat)
        let location = try Self.location(config.input, format)
        let descriptor: DescriptorInput? =
            switch location {
            case .descriptor(let number): try Self.standardInput(number, watch.interrupt)
            case .namedPipe(let path): try DescriptorInput(namedPipe: path, watch.interrupt)
            default: nil
            }

        var opening = avformat_alloc_context()
        guard let empty = opening else { throw .outOfMemory }
        empty.pointee.interrupt_callback = watch.callback
        empty.pointee.pb = descriptor?.context
        let multipart = Self.mayBeMultipart(location, config) ? MultipartInput() : nil
        defer { withExtendedLifetime(multipart) {} }
        multipart?.listen(to: empty)
        let named: NamedFiles? = if case .file(let path) = location { NamedFiles(of: path) } else { nil }
        named?.watch(empty)
        if case .file(let path) = location,
            let file = ConcatList.foreignFile(in: path, isSurely: config.inputFormat == "concat")
        {
            avformat_free_context(empty)
            throw .namesOtherFile(input: location.name, file: file)
        }
        let options = Options(location, config)
        let isSurelyLive = isKnownLive || location.liveness == .always
        if isSurelyLive { watch.allow(seconds: config.timeout) }
        if case .address = location {
            _ = Self.limitPackets
            // The option for a silent server says nothing of one that never comes to the point.
            if !isSurelyLive { watch.allow(seconds: Self.timeoutsToOpen * config.timeout) }
        }
        var code = FFmpegLog.watchingRedirects(of: empty, watch.noteRedirect) {
            avformat_open_input(&opening, location.url, options.format(or: format), &options.dictionary)
        }
        let error = OpeningError(location: location, head: descriptor?.head ?? [], watch: watch)
        guard code >= 0, let context = opening else {
            if let file = named?.takeRefused() { throw .namesOtherFile(input: location.name, file: file) }
            throw error.diagnosed(code, "avformat_open_input")
        }
        let isLive = isSurelyLive || Self.isEndless(context, location, isAskedFor: config.live)
        if isLive {
            watch.allow(seconds: config.timeout)
            Self.probeBriefly(context)
        }
        code = avformat_find_stream_info(context, nil)
        // Any text with the right ending is taken for a terminal's screen ("tty").
        let isText = config.inputFormat == nil && String(cString: context.pointee.iformat.pointee.name) == "tty"
        if code < 0 || isText || watch.isOver {
            avformat_close_input(&opening)
            if let file = named?.takeRefused() { throw .namesOtherFile(input: location.name, file: file) }
            if code < 0 || !isText { throw error.diagnosed(code, "avformat_find_stream_info") }
            throw .isText(input: location.name)
        }
        if !isLive { watch.allowAlways() }
        self.location = location
        self.context = context
        self.isLive = isLive
        self.watch = watch
        self.descriptor = descriptor
        self.multipart = multipart
        self.named = named
    }

    deinit {
        var dying: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&dying)
    }

    /// A file that the input names and that was not opened, since the last call.
    func takeRefusedFile() -> String? { named?.takeRefused() }

    var formatName: String { String(cString: context.pointee.iformat.pointee.name) }
    var formatFlags: Int32 { context.pointee.iformat.pointee.flags }
    var streams: [UnsafeMutablePointer<AVStream>] {
        (0..<context.pointee.nb_streams).compactMap { shim_stream(context, Int32($0)) }
    }

    /// Reads the next packet of any stream that is not discarded.
    func read(into packet: UnsafeMutablePointer<AVPacket>) -> Step {
        while !watch.isOver {
            let code = av_read_frame(context, packet)
            switch code {
            case 0...: return .packet
            case shim_error_again: usleep(10_000)  // a network's demuxer that has nothing yet and does not wait
            case shim_error_eof:
                // libavformat calls a broken connection an end, too.
                guard let error = context.pointee.pb?.pointee.error, error < 0, error != shim_error_eof else {
                    return .end
                }
                return .failed(FFmpegError(code: error, function: "av_read_frame"))
            default:
                if watch.isOver { return .interrupted }
                return .failed(FFmpegError(code: code, function: "av_read_frame"))
            }
        }
        return .interrupted
    }

    /// Whether an input that may be a recording or a stream is a stream: it says no length, and cannot go back.
    ///
    /// - Parameter isAskedFor: whether the user calls it live. Then it is, unless it is a whole file.
    private static func isEndless(
        _ context: UnsafeMutablePointer<AVFormatContext>, _ location: InputLocation, isAskedFor: Bool
    ) -> Bool {
        guard location.liveness == .ifEndless, knownTime(context.pointee.duration) == nil else { return false }
        // What reads playlists fetches whole files in bursts, and has no one size.
        if ["hls", "dash"].contains(String(cString: context.pointee.iformat.pointee.name)) { return false }
        guard let io = context.pointee.pb else { return isAskedFor }
        let (canGoBack, hasSize) = (io.pointee.seekable != 0, avio_size(io) >= 0)
        return isAskedFor ? !(canGoBack && hasSize) : !(canGoBack || hasSize)
    }

    /// Looks at no more of a stream than is needed to decode it, so that its first pictures are not old when they come.
    /// (`AVFMT_FLAG_NOBUFFER` would throw away what was looked at, and with it the first key frame.)
    private static func probeBriefly(_ context: UnsafeMutablePointer<AVFormatContext>) {
        context.pointee.probesize = 1 << 20
        context.pointee.max_analyze_duration = 1_000_000
        context.pointee.fps_probe_size = 0
    }

    /// Bytes of one block of FFmpeg's memory once something is read from the network: no part of a stream, and no reply,
    /// may cost more, whatever length it claims. A decoded picture of 7680x4320 with 16 bits a channel has 200 MB.
    static let largestBlock = 256 << 20
    static let limitPackets: Void = av_max_alloc(largestBlock)

    /// A recording on a server may have its index at the end, on a slow line.
    private static let timeoutsToOpen = 10.0

    /// The demuxer of bare JPEGs finds them by itself.
    private static func mayBeMultipart(_ location: InputLocation, _ config: CaptureConfig) -> Bool {
        guard case .address = location else { return false }
        return config.inputFormat == nil || config.inputFormat == "mpjpeg"
    }

    private static func format(named name: String?) throws(CaptureError) -> UnsafePointer<AVInputFormat>? {
        guard let name else { return nil }
        guard let format = av_find_input_format(name) else { throw .unknownInputFormat(name: name) }
        return format
    }

    private static func location(
        _ input: String, _ format: UnsafePointer<AVInputFormat>?
    ) throws(CaptureError) -> InputLocation {
        do {
            return try InputLocation(input)
        } catch {
            // Some formats read no file: the name means something else to them.
            guard let format, format.pointee.flags & AVFMT_NOFILE != 0 else { throw error }
            switch error {
            case .notFound, .nothingMatches: return .address(input)
            default: throw error
            }
        }
    }

    private static func standardInput(_ number: Int32, _ interrupt: Interrupt) throws(CaptureError) -> DescriptorInput {
        guard isatty(number) == 0 else { throw .isTerminal }
        return try DescriptorInput(borrowing: number, interrupt)
    }
}

/// What libavformat is told of an input.
private final class Options {
    var dictionary: OpaquePointer?
    private let isNumbered: Bool

    init(_ location: InputLocation, _ config: CaptureConfig) {
        isNumbered = if case .sequence = location { true } else { false }
        // Only formats without times of their own have this option; the others leave it.
        if let rate = config.frameRate {
            let rational = av_d2q(rate, 1_001_000)
            set("framerate", "\(rational.num)/\(rational.den)")
        }
        switch location {
        case .file: set("pattern_type", "none")  // a "%" in the name of a file that is there is a "%"
        case .sequence(let sequence):
            set("pattern_type", "sequence")
            set("start_number", "\(sequence.first)")
        case .address(let address):
            let microseconds = "\(Int(config.timeout * 1_000_000))"
            set("rw_timeout", microseconds)
            // RTMP has an option of this name with another meaning.
            if ["rtsp://", "rtsps://", "rtp://", "udp://", "srtp://"].contains(where: address.lowercased().hasPrefix) {
                set("timeout", microseconds)
            }
            // Over UDP every lost datagram is a damaged picture.
            set("rtsp_flags", "prefer_tcp")
            // What is live goes without sound.
            set("allowed_media_types", "video")
        case .descriptor, .namedPipe: break
        }
    }

    deinit { av_dict_free(&dictionary) }

    func format(or chosen: UnsafePointer<AVInputFormat>?) -> UnsafePointer<AVInputFormat>? {
        chosen ?? (isNumbered ? av_find_input_format("image2") : nil)
    }

    private func set(_ key: String, _ value: String) {
        av_dict_set(&dictionary, key, value, 0)
    }
}
