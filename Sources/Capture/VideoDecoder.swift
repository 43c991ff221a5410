import CFFmpeg
import Pipeline

/// Packets to pictures. Sole owner of its `AVCodecContext`.
final class VideoDecoder {
    enum Step {
        case picture
        case wantsPacket
        case end
        /// A packet that cannot be decoded; what follows may be.
        case damaged(FFmpegError)
    }

    private let context: UnsafeMutablePointer<AVCodecContext>

    /// - Parameter threads: 0: as many as there are cores.
    init(
        _ codec: UnsafePointer<AVCodec>, _ stream: UnsafePointer<AVStream>, threads: Int
    ) throws(FFmpegError) {
        guard let context = avcodec_alloc_context3(codec) else { throw .outOfMemory("avcodec_alloc_context3") }
        self.context = context
        try FFmpegError.check(
            avcodec_parameters_to_context(context, stream.pointee.codecpar), "avcodec_parameters_to_context")
        context.pointee.pkt_timebase = stream.pointee.time_base
        // Threads that decode different pictures: a few pictures late, which a file does not mind, and the fastest.
        context.pointee.thread_count = Int32(threads)
        context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
        try FFmpegError.check(avcodec_open2(context, codec, nil), "avcodec_open2")
    }

    deinit {
        var dying: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&dying)
    }

    /// Hands over a packet, after `receive` wanted one; nil: there are no more.
    ///
    /// - Returns: why the packet is of no use, or nil.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?) -> FFmpegError? {
        let code = avcodec_send_packet(context, packet)
        return code < 0 && code != shim_error_eof ? FFmpegError(code: code, function: "avcodec_send_packet") : nil
    }

    func receive(into picture: UnsafeMutablePointer<AVFrame>) -> Step {
        let code = avcodec_receive_frame(context, picture)
        return switch code {
        case 0...: .picture
        case shim_error_again: .wantsPacket
        case shim_error_eof: .end
        default: .damaged(FFmpegError(code: code, function: "avcodec_receive_frame"))
        }
    }

    /// Whether every picture of this codec stands for itself, as photographs do.
    var isIntraOnly: Bool {
        (context.pointee.codec_descriptor?.pointee.props ?? 0) & AV_CODEC_PROP_INTRA_ONLY != 0
    }
}
