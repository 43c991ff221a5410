import CFFmpeg
import Pipeline

/// A file as libav reads it again: streams, packets, and the decoded pictures of the first video stream.
struct DecodedFile {
    struct Stream {
        let kind: AVMediaType
        let codec: String
        let timeBase: AVRational
        let sampleAspectRatio: AVRational
        let disposition: Int32
        let metadata: [String: String]
        /// Seconds; nil if not told.
        let duration: Double?
        var packets: [PacketContents] = []
    }

    struct PacketContents: Equatable {
        let pts: Int64
        let duration: Int64
        let bytes: [UInt8]
    }

    struct Picture {
        let pts: Int64
        let width: Int
        let height: Int
        let pixelFormat: AVPixelFormat
        let colour: ColourTags
        let sampleAspectRatio: AVRational
        /// Bytes of all planes without gaps.
        let bytes: [UInt8]

        /// Values of all planes without gaps.
        var samples: [Int] {
            let depth = av_pix_fmt_desc_get(pixelFormat)!.pointee.comp.0.depth
            guard depth > 8 else { return bytes.map { Int($0) } }
            return stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
        }
    }

    let container: String
    let metadata: [String: String]
    private(set) var streams: [Stream] = []
    private(set) var pictures: [Picture] = []

    /// - Throws: `FFmpegError` if the file cannot be read or decoded.
    init(_ path: String) throws {
        var context: UnsafeMutablePointer<AVFormatContext>?
        try FFmpegError.check(avformat_open_input(&context, path, nil, nil), "avformat_open_input")
        defer { avformat_close_input(&context) }
        let input = context!
        try FFmpegError.check(avformat_find_stream_info(input, nil), "avformat_find_stream_info")
        container = String(cString: input.pointee.iformat.pointee.name)
        metadata = metadataTags(input.pointee.metadata)
        for number in 0..<Int32(input.pointee.nb_streams) { streams.append(Self.stream(shim_stream(input, number))) }

        let video = streams.firstIndex { $0.kind == AVMEDIA_TYPE_VIDEO }
        var decoder = try video.map { try Self.decoder(shim_stream(input, Int32($0))) }
        defer { avcodec_free_context(&decoder) }
        var packet: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        defer { av_packet_free(&packet) }
        while av_read_frame(input, packet) >= 0 {
            defer { av_packet_unref(packet) }
            let contents = packet!.pointee
            let number = Int(contents.stream_index)
            streams[number].packets.append(
                PacketContents(
                    pts: contents.pts, duration: contents.duration,
                    bytes: [UInt8](UnsafeBufferPointer(start: contents.data, count: Int(contents.size)))))
            if number == video, let decoder { try decode(packet, decoder) }
        }
        if let decoder { try decode(nil, decoder) }
    }

    var video: Stream { streams.first { $0.kind == AVMEDIA_TYPE_VIDEO }! }

    /// The pictures' times in seconds.
    var times: [Double] { pictures.map { Double($0.pts) * av_q2d(video.timeBase) } }

    private mutating func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?, _ decoder: UnsafeMutablePointer<AVCodecContext>
    ) throws {
        try FFmpegError.check(avcodec_send_packet(decoder, packet), "avcodec_send_packet")
        var frame: UnsafeMutablePointer<AVFrame>? = av_frame_alloc()
        defer { av_frame_free(&frame) }
        while true {
            let code = avcodec_receive_frame(decoder, frame)
            if code == shim_error_again || code == shim_error_eof { return }
            try FFmpegError.check(code, "avcodec_receive_frame")
            pictures.append(Self.picture(UnsafePointer(frame!)))
        }
    }

    private static func picture(_ frame: UnsafePointer<AVFrame>) -> Picture {
        let format = AVPixelFormat(rawValue: frame.pointee.format)
        let (width, height) = (frame.pointee.width, frame.pointee.height)
        let size = Int(av_image_get_buffer_size(format, width, height, 1))
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var planes = (0..<4).map { UnsafePointer(shim_plane(frame, $0)) }
            let bytesPerRow = (0..<4).map { Int32(shim_bytes_per_row(frame, $0)) }
            count = Int(
                av_image_copy_to_buffer(
                    buffer.baseAddress, Int32(size), &planes, bytesPerRow, format, width, height, 1))
        }
        return Picture(
            pts: frame.pointee.best_effort_timestamp, width: Int(width), height: Int(height), pixelFormat: format,
            colour: ColourTags(of: frame), sampleAspectRatio: frame.pointee.sample_aspect_ratio, bytes: bytes)
    }

    private static func stream(_ stream: UnsafeMutablePointer<AVStream>) -> Stream {
        let parameters = stream.pointee.codecpar.pointee
        let duration = stream.pointee.duration
        return Stream(
            kind: parameters.codec_type, codec: String(cString: avcodec_get_name(parameters.codec_id)),
            timeBase: stream.pointee.time_base, sampleAspectRatio: stream.pointee.sample_aspect_ratio,
            disposition: stream.pointee.disposition, metadata: metadataTags(stream.pointee.metadata),
            duration: duration == shim_no_pts ? nil : Double(duration) * av_q2d(stream.pointee.time_base))
    }

    private static func decoder(
        _ stream: UnsafeMutablePointer<AVStream>
    ) throws -> UnsafeMutablePointer<AVCodecContext> {
        let codec = avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id)
        let context = avcodec_alloc_context3(codec)!
        try FFmpegError.check(
            avcodec_parameters_to_context(context, stream.pointee.codecpar), "avcodec_parameters_to_context")
        context.pointee.pkt_timebase = stream.pointee.time_base
        try FFmpegError.check(avcodec_open2(context, codec, nil), "avcodec_open2")
        return context
    }
}
