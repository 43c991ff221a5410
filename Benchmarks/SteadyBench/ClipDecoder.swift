import CFFmpeg
import Pipeline

/// Decodes a clip's video on one thread. Sole owner of FFmpeg's objects.
final class ClipDecoder {
    private var container: UnsafeMutablePointer<AVFormatContext>?
    private var decoder: UnsafeMutablePointer<AVCodecContext>?
    private var packet = av_packet_alloc()
    private var picture = av_frame_alloc()
    private var stream: Int32 = 0
    private var isFlushing = false

    /// - Parameter vectors: whether pictures bring the motion vectors that they were coded with.
    init(_ path: String, vectors: Bool) throws(FFmpegError) {
        try FFmpegError.check(avformat_open_input(&container, path, nil, nil), "avformat_open_input")
        try FFmpegError.check(avformat_find_stream_info(container, nil), "avformat_find_stream_info")
        var codec: UnsafePointer<AVCodec>?
        stream = try FFmpegError.check(
            av_find_best_stream(container, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0), "av_find_best_stream")
        guard let container, let decoder = avcodec_alloc_context3(codec), packet != nil, picture != nil else {
            throw .outOfMemory("avcodec_alloc_context3")
        }
        self.decoder = decoder
        try FFmpegError.check(
            avcodec_parameters_to_context(decoder, shim_stream(container, stream)!.pointee.codecpar),
            "avcodec_parameters_to_context")
        decoder.pointee.thread_count = 1
        if vectors { decoder.pointee.export_side_data |= AV_CODEC_EXPORT_DATA_MVS }
        try FFmpegError.check(avcodec_open2(decoder, codec, nil), "avcodec_open2")
    }

    deinit {
        avformat_close_input(&container)
        avcodec_free_context(&decoder)
        av_packet_free(&packet)
        av_frame_free(&picture)
    }

    /// - Returns: the next picture, which the next call overwrites; nil: there are no more.
    func next() throws(FFmpegError) -> UnsafePointer<AVFrame>? {
        while true {
            let code = avcodec_receive_frame(decoder, picture)
            if code == shim_error_eof { return nil }
            if code != shim_error_again {
                try FFmpegError.check(code, "avcodec_receive_frame")
                return picture.map { UnsafePointer($0) }
            }
            try feed()
        }
    }

    private func feed() throws(FFmpegError) {
        while !isFlushing {
            isFlushing = av_read_frame(container, packet) < 0
            if !isFlushing, packet?.pointee.stream_index != stream {
                av_packet_unref(packet)
                continue
            }
            try FFmpegError.check(avcodec_send_packet(decoder, isFlushing ? nil : packet), "avcodec_send_packet")
            return av_packet_unref(packet)
        }
    }
}
