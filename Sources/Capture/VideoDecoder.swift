import CFFmpeg
import Foundation
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
    private let complaints = CodecComplaints()

    private init(allocating codec: UnsafePointer<AVCodec>) throws(FFmpegError) {
        guard let context = avcodec_alloc_context3(codec) else { throw .outOfMemory("avcodec_alloc_context3") }
        self.context = context
        complaints.listen(to: context)
    }

    /// Decodes an input's stream.
    ///
    /// - Parameter threads: 0: as many as there are cores.
    /// - Parameter isLive: whether each picture must come out as soon as its packet is there.
    convenience init(
        _ codec: UnsafePointer<AVCodec>, _ stream: UnsafePointer<AVStream>, threads: Int, isLive: Bool
    ) throws(FFmpegError) {
        try self.init(allocating: codec)
        try FFmpegError.check(
            avcodec_parameters_to_context(context, stream.pointee.codecpar), "avcodec_parameters_to_context")
        context.pointee.pkt_timebase = stream.pointee.time_base
        // Threads that decode different pictures: a few pictures late, which a file does not mind, and the fastest.
        // One for each core: FFmpeg would take one more, and each holds pictures.
        context.pointee.thread_count = Int32(
            threads > 0 ? threads : min(16, ProcessInfo.processInfo.activeProcessorCount))
        context.pointee.thread_type = isLive ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE
        try FFmpegError.check(avcodec_open2(context, codec, nil), "avcodec_open2")
    }

    /// Decodes what a camera sends: each picture comes out with its own packet, and not with a later one.
    convenience init(live codec: UnsafePointer<AVCodec>, timeBase: AVRational) throws(FFmpegError) {
        try self.init(allocating: codec)
        context.pointee.pkt_timebase = timeBase
        context.pointee.thread_type = FF_THREAD_SLICE
        context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY
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

    /// Whether pictures that no other one refers to are left out, of packets that come from now on.
    var leavesOutUnreferenced: Bool {
        get { context.pointee.skip_frame != AVDISCARD_DEFAULT }
        set { context.pointee.skip_frame = newValue ? AVDISCARD_NONREF : AVDISCARD_DEFAULT }
    }

    /// Forgets the pictures so far; later ones come out from the next on that stands for itself.
    func restart() { avcodec_flush_buffers(context) }

    /// Whether something could not be decoded as it should, even if all pictures came out.
    var hasComplained: Bool { !complaints.isEmpty }

    /// The same, but only of what was decoded since the last call.
    func takeComplaint() -> Bool { complaints.takeAny() }

    /// In what words the decoder said that it does not support the video; nil: it did not.
    var unsupported: String? { complaints.unsupported }

    func receive(into picture: UnsafeMutablePointer<AVFrame>) -> Step {
        let code = avcodec_receive_frame(context, picture)
        return switch code {
        case 0...: .picture
        case shim_error_again: .wantsPacket
        case shim_error_eof: .end
        default: .damaged(FFmpegError(code: code, function: "avcodec_receive_frame"))
        }
    }
}
