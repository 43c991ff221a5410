import CFFmpeg
import Pipeline

/// Makes fragmented MP4 of a live picture's packets, in memory: a head that tells how they are encoded, and segments that
/// each begin with a key picture. Sole owner of its `AVFormatContext`.
final class SegmentMuxer {
    /// The initialisation segment.
    let head: [UInt8]
    let format: EncodedFormat
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let packet: UnsafeMutablePointer<AVPacket>

    private static let unit = AVRational(num: 1, den: 1_000_000)

    init(_ format: EncodedFormat) throws(FFmpegError) {
        _ = FFmpegLog.silenced
        self.format = format
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let code = avformat_alloc_output_context2(&allocated, nil, "mp4", nil)
        guard let context = allocated else {
            throw FFmpegError(code: code, function: "avformat_alloc_output_context2")
        }
        var (options, made): (OpaquePointer?, UnsafeMutablePointer<AVPacket>?) = (nil, av_packet_alloc())
        defer { av_dict_free(&options) }
        do throws(FFmpegError) {
            guard let packet = made else { throw .outOfMemory("av_packet_alloc") }
            self.packet = packet
            try FFmpegError.check(avio_open_dyn_buf(&context.pointee.pb), "avio_open_dyn_buf")
            guard let stream = avformat_new_stream(context, nil) else { throw .outOfMemory("avformat_new_stream") }
            try FFmpegError.check(
                avcodec_parameters_copy(stream.pointee.codecpar, format.parameters), "avcodec_parameters_copy")
            stream.pointee.time_base = AVRational(num: 1, den: 90_000)
            stream.pointee.avg_frame_rate = format.frameRate
            stream.pointee.sample_aspect_ratio = format.parameters.pointee.sample_aspect_ratio
            context.pointee.flags |= AVFMT_FLAG_BITEXACT
            // Fragments end where they are told to, and times are counted from the head's.
            av_dict_set(&options, "movflags", "+frag_custom+empty_moov+default_base_moof", 0)
            av_dict_set(&options, "use_editlist", "0", 0)
            try FFmpegError.check(avformat_write_header(context, &options), "avformat_write_header")
            head = try Self.takeBytes(context)
        } catch {
            av_packet_free(&made)
            Self.free(context)
            throw error
        }
        self.context = context
    }

    deinit {
        var dying: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dying)
        Self.free(context)
    }

    /// - Parameters:
    ///   - time: since the head, in microseconds.
    ///   - duration: until the next picture.
    func write(_ encoded: EncodedPacket, at time: Int64, duration: Int64) throws(FFmpegError) {
        let stream: UnsafeMutablePointer<AVStream> = shim_stream(context, 0)
        defer { av_packet_unref(packet) }
        try encoded.reference(in: packet)
        let start = av_rescale_q(time, Self.unit, stream.pointee.time_base)
        (packet.pointee.pts, packet.pointee.dts, packet.pointee.stream_index) = (start, start, 0)
        // So that no rounding adds up.
        packet.pointee.duration = av_rescale_q(time + duration, Self.unit, stream.pointee.time_base) - start
        try FFmpegError.check(av_write_frame(context, packet), "av_write_frame")
    }

    /// - Returns: the segment of all that was written since the last one.
    func cut() throws(FFmpegError) -> [UInt8] {
        try FFmpegError.check(av_write_frame(context, nil), "av_write_frame")
        return try Self.takeBytes(context)
    }

    private static func takeBytes(_ context: UnsafeMutablePointer<AVFormatContext>) throws(FFmpegError) -> [UInt8] {
        avio_flush(context.pointee.pb)
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = avio_close_dyn_buf(context.pointee.pb, &bytes)
        defer { av_free(bytes) }
        context.pointee.pb = nil
        let taken = Array(UnsafeBufferPointer(start: bytes, count: max(Int(count), 0)))
        try FFmpegError.check(avio_open_dyn_buf(&context.pointee.pb), "avio_open_dyn_buf")
        return taken
    }

    private static func free(_ context: UnsafeMutablePointer<AVFormatContext>) {
        if context.pointee.pb != nil {
            var bytes: UnsafeMutablePointer<UInt8>?
            avio_close_dyn_buf(context.pointee.pb, &bytes)
            av_free(bytes)
            context.pointee.pb = nil
        }
        avformat_free_context(context)
    }
}
