import CFFmpeg
import Glibc
import Pipeline

/// One container file being written. Sole owner of its `AVFormatContext`.
final class Muxer {
    /// Of the container, such as AVFMT_GLOBALHEADER.
    var flags: Int32 { context.pointee.oformat.pointee.flags }
    let holding: Holding

    private let context: UnsafeMutablePointer<AVFormatContext>
    /// As the user named it, for errors.
    private let path: String
    /// The last decoding time of each stream, in its own unit.
    private var lastTimes: [Int64] = []

    /// - Parameters:
    ///   - temporaryPath: an existing file, which is written over.
    ///   - path: the name that errors tell.
    init(
        _ format: UnsafePointer<AVOutputFormat>, temporaryPath: String, path: String
    ) throws(EncodeError) {
        self.path = path
        holding = Holding(format)
        // "file:" so that no part of the name is taken for a protocol.
        let url = "file:" + temporaryPath
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let code = avformat_alloc_output_context2(&allocated, format, nil, url)
        guard let context = allocated else {
            throw .ffmpeg(FFmpegError(code: code, function: "avformat_alloc_output_context2"), path)
        }
        self.context = context
        // FFmpeg calls FLAC and TrueHD in MP4 experimental; players read them.
        context.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL
        // The same pictures make the same file: Matroska would number files and tracks at random.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
        try check(avio_open(&context.pointee.pb, url, AVIO_FLAG_WRITE), "avio_open")
    }

    deinit {
        avio_closep(&context.pointee.pb)
        avformat_free_context(context)
    }

    // MARK: - Before the start

    /// Tags of the whole file.
    func add(_ metadata: [String: String]) {
        Self.set(metadata, &context.pointee.metadata)
    }

    /// To be asked for only where the container `hasChapters`.
    func add(_ chapters: [Chapter]) throws(EncodeError) {
        for (number, chapter) in chapters.enumerated() {
            let unit = AVRational(num: 1, den: 1_000_000)
            guard let added = shim_add_chapter(context, Int64(number), unit, chapter.start, chapter.end) else {
                throw .ffmpeg(.outOfMemory("shim_add_chapter"), path)
            }
            Self.set(chapter.metadata, &added.pointee.metadata)
        }
    }

    /// - Returns: the stream's number.
    func addVideo(
        _ format: EncodedFormat, metadata: [String: String], isDefault: Bool = true
    ) throws(EncodeError) -> Int {
        let stream = try addStream()
        try check(avcodec_parameters_copy(stream.pointee.codecpar, format.parameters), "avcodec_parameters_copy")
        stream.pointee.time_base = format.timeBase
        stream.pointee.avg_frame_rate = format.frameRate
        stream.pointee.sample_aspect_ratio = format.parameters.pointee.sample_aspect_ratio
        if isDefault { stream.pointee.disposition = AV_DISPOSITION_DEFAULT }
        // Apple's players want the tag that says that all headers stand in front.
        let hvc1: UInt32 = 0x3163_7668
        if format.parameters.pointee.codec_id == AV_CODEC_ID_HEVC, holding.holdsTag(hvc1, AV_CODEC_ID_HEVC) {
            stream.pointee.codecpar.pointee.codec_tag = hvc1
        }
        try add(format.sideData, to: stream)
        Self.set(metadata, &stream.pointee.metadata)
        do {
            try format.hdr?.apply(to: stream)
        } catch {
            throw .ffmpeg(error, path)
        }
        return Int(stream.pointee.index)
    }

    /// - Returns: the stream's number; nil if the container cannot hold it.
    func add(_ auxiliary: AuxiliaryStream) throws(EncodeError) -> Int? {
        guard holding.holds(auxiliary) else { return nil }
        let stream = try addStream()
        let parameters: UnsafeMutablePointer<AVCodecParameters> = stream.pointee.codecpar
        try check(avcodec_parameters_copy(parameters, auxiliary.parameters), "avcodec_parameters_copy")
        // Another container has other tags for the same codec.
        if !holding.keepsTag(of: auxiliary) { parameters.pointee.codec_tag = 0 }
        stream.pointee.time_base = auxiliary.timeBase
        stream.pointee.disposition = auxiliary.disposition
        stream.pointee.avg_frame_rate = auxiliary.frameRate
        stream.pointee.sample_aspect_ratio = parameters.pointee.sample_aspect_ratio
        try add(auxiliary.sideData, to: stream)
        av_dict_copy(&stream.pointee.metadata, auxiliary.metadata, 0)
        return Int(stream.pointee.index)
    }

    /// - Parameters:
    ///   - headers: of the codec.
    ///   - tag: the container's own for the codec; 0: its usual one.
    /// - Returns: the stream's number.
    func addText(
        _ codec: AVCodecID, headers: [UInt8], tag: UInt32, timeBase: AVRational, metadata: [String: String]
    ) throws(EncodeError) -> Int {
        let stream = try addStream()
        let parameters: UnsafeMutablePointer<AVCodecParameters> = stream.pointee.codecpar
        (parameters.pointee.codec_type, parameters.pointee.codec_id) = (AVMEDIA_TYPE_SUBTITLE, codec)
        parameters.pointee.codec_tag = tag
        if !headers.isEmpty {
            // FFmpeg's readers may look a little beyond the end.
            guard let copy = av_mallocz(headers.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else {
                throw .ffmpeg(.outOfMemory("av_mallocz"), path)
            }
            copy.copyMemory(from: headers, byteCount: headers.count)
            parameters.pointee.extradata = copy.assumingMemoryBound(to: UInt8.self)
            parameters.pointee.extradata_size = Int32(headers.count)
        }
        stream.pointee.time_base = timeBase
        Self.set(metadata, &stream.pointee.metadata)
        return Int(stream.pointee.index)
    }

    /// The index in front, so that a player on the net can start at once; the file is moved along at the end for it.
    static let wholeFile = ["movflags": "+faststart"]

    /// Writes what stands in front of the packets. Streams may choose other units of time.
    ///
    /// - Parameter settings: the container's options; it passes over those that it doesn't have.
    func start(_ settings: [String: String] = wholeFile) throws(EncodeError) {
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        Self.set(settings, &options)
        do {
            try FFmpegError.check(avformat_write_header(context, &options), "avformat_write_header")
        } catch {
            throw error.isDiskFull ? .diskFull(path: path) : .containerRefused(path: path, cause: error)
        }
        lastTimes = (0..<Int(context.pointee.nb_streams)).map { _ in Int64.min }
    }

    // MARK: - After the start

    /// Takes a packet's contents; it may be written later, in its place among the other streams' packets.
    func write(
        _ packet: UnsafeMutablePointer<AVPacket>, stream number: Int, timeBase: AVRational
    ) throws(EncodeError) {
        try check(interleave(packet, number, timeBase), "av_interleaved_write_frame")
    }

    /// The same for a packet of the input, which may be damaged.
    ///
    /// - Returns: false if it is, so that the container cannot hold it.
    func copy(
        _ packet: UnsafeMutablePointer<AVPacket>, stream number: Int, timeBase: AVRational
    ) throws(EncodeError) -> Bool {
        let code = interleave(packet, number, timeBase)
        if code == shim_error_invalid_data { return false }
        try check(code, "av_interleaved_write_frame")
        return true
    }

    /// Hands all that came to the operating system, so that the file can be read up to here.
    ///
    /// - Returns: the file's length in bytes.
    func flush() throws(EncodeError) -> Int {
        try check(av_write_frame(context, nil), "av_write_frame")
        avio_flush(context.pointee.pb)
        try check(context.pointee.pb.pointee.error, "avio_flush")
        return Int(avio_tell(context.pointee.pb))
    }

    /// Writes what stands behind the packets, and closes the file.
    func finish() throws(EncodeError) {
        try check(av_write_trailer(context), "av_write_trailer")
        try check(avio_closep(&context.pointee.pb), "avio_closep")
    }

    // MARK: -

    private func interleave(_ packet: UnsafeMutablePointer<AVPacket>, _ number: Int, _ timeBase: AVRational) -> Int32 {
        let stream: UnsafeMutablePointer<AVStream> = shim_stream(context, Int32(number))
        packet.pointee.stream_index = Int32(number)
        packet.pointee.pos = -1
        av_packet_rescale_ts(packet, timeBase, stream.pointee.time_base)
        keepOrder(packet, number)
        return av_interleaved_write_frame(context, packet)
    }

    /// Muxers stop at a decoding time that doesn't grow, which a damaged input or a coarser unit can bring.
    private func keepOrder(_ packet: UnsafeMutablePointer<AVPacket>, _ number: Int) {
        guard packet.pointee.dts != shim_no_pts else { return }
        let last = lastTimes[number]
        if last != Int64.min {
            let earliest = flags & AVFMT_TS_NONSTRICT != 0 ? last : last + 1
            if packet.pointee.dts < earliest {
                packet.pointee.dts = earliest
                if packet.pointee.pts != shim_no_pts { packet.pointee.pts = max(packet.pointee.pts, earliest) }
            }
        }
        lastTimes[number] = packet.pointee.dts
    }

    private func add(
        _ sideData: [AuxiliaryStream.SideData], to stream: UnsafeMutablePointer<AVStream>
    ) throws(EncodeError) {
        for piece in sideData {
            try check(
                shim_add_stream_side_data(stream, piece.kind, piece.bytes, piece.bytes.count),
                "shim_add_stream_side_data")
        }
    }

    private func addStream() throws(EncodeError) -> UnsafeMutablePointer<AVStream> {
        guard let stream = avformat_new_stream(context, nil) else {
            throw .ffmpeg(.outOfMemory("avformat_new_stream"), path)
        }
        return stream
    }

    private static func set(_ metadata: [String: String], _ dictionary: inout OpaquePointer?) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { av_dict_set(&dictionary, key, value, 0) }
    }

    private func check(_ code: Int32, _ function: String) throws(EncodeError) {
        guard code >= 0 else { throw .ffmpeg(FFmpegError(code: code, function: function), path) }
    }
}

extension EncodeError {
    /// What a failed call of libavformat means for the file at `path`.
    static func ffmpeg(_ error: FFmpegError, _ path: String) -> EncodeError {
        error.isDiskFull ? .diskFull(path: path) : .cannotWrite(path: path, reason: error.description)
    }
}

extension FFmpegError {
    fileprivate var isDiskFull: Bool { code == shim_error(ENOSPC) || code == shim_error(EDQUOT) }
}
