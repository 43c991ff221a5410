import CFFmpeg
import Pipeline

/// A recording that is read again. Sole owner of its `AVFormatContext`.
final class RecordedInput {
    let streams: [AuxiliaryStream]
    /// Tags of the whole file, without those that tell of the container.
    let metadata: [String: String]
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private let packet: UnsafeMutablePointer<AVPacket>

    /// - Throws: `FFmpegError` if it is no video file.
    init(_ path: String) throws(FFmpegError) {
        guard let packet = av_packet_alloc() else { throw .outOfMemory("av_packet_alloc") }
        self.packet = packet
        var opened: UnsafeMutablePointer<AVFormatContext>?
        var allocated: UnsafeMutablePointer<AVPacket>? = packet
        do {
            // "file:" so that no part of the name is taken for a protocol.
            try FFmpegError.check(avformat_open_input(&opened, "file:" + path, nil, nil), "avformat_open_input")
            try FFmpegError.check(avformat_find_stream_info(opened, nil), "avformat_find_stream_info")
            var streams: [AuxiliaryStream] = []
            for number in 0..<Int32(opened?.pointee.nb_streams ?? 0) {
                streams.append(try AuxiliaryStream(copying: shim_stream(opened, number)))
            }
            self.streams = streams
        } catch {
            avformat_close_input(&opened)
            av_packet_free(&allocated)
            throw error
        }
        context = opened
        metadata = metadataTags(opened!.pointee.metadata, without: containersOwnTags)
    }

    deinit {
        avformat_close_input(&context)
        var dying: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dying)
    }

    /// The next packet that is whole; it is valid until the next call. Nil at the end, which may be a torn one.
    ///
    /// - Throws: `FFmpegError` if the disk fails.
    func next() throws(FFmpegError) -> UnsafeMutablePointer<AVPacket>? {
        while true {
            av_packet_unref(packet)
            let code = av_read_frame(context, packet)
            if code == shim_error_eof || code == shim_error_invalid_data { return nil }
            try FFmpegError.check(code, "av_read_frame")
            if packet.pointee.flags & AV_PKT_FLAG_CORRUPT == 0, packet.pointee.size > 0 { return packet }
        }
    }
}
