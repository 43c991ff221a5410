import CFFmpeg
import Pipeline

/// Reads of a video's packets what their sender need not tell: whether a player can begin with one, the headers that hold
/// from it on, the size of the pictures. Nothing is decoded. Sole owner of its parser and its filter.
final class PacketHead {
    struct Facts {
        let isKey: Bool
        /// nil: the packet has none.
        let headers: [UInt8]?
        /// nil: the packet does not tell.
        let size: (width: Int32, height: Int32)?
    }

    private let isIntraOnly, isJPEG: Bool
    private let context: UnsafeMutablePointer<AVCodecContext>
    /// nil: there is none for the codec; what the sender says holds.
    private let parser: UnsafeMutablePointer<AVCodecParserContext>?
    /// nil: the codec has no headers, or they stand beside the packets.
    private let filter: UnsafeMutablePointer<AVBSFContext>?

    init(_ stream: AuxiliaryStream) throws(FFmpegError) {
        guard let context = avcodec_alloc_context3(nil) else { throw .outOfMemory("avcodec_alloc_context3") }
        self.context = context
        let codec = stream.parameters.pointee.codec_id
        isIntraOnly = avcodec_descriptor_get(codec).map { $0.pointee.props & AV_CODEC_PROP_INTRA_ONLY != 0 } ?? false
        isJPEG = codec == AV_CODEC_ID_MJPEG
        parser = isIntraOnly ? nil : av_parser_init(Int32(codec.rawValue))
        // Each packet is a picture.
        parser?.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
        filter = try Self.filter(stream)
        try FFmpegError.check(
            avcodec_parameters_to_context(context, stream.parameters), "avcodec_parameters_to_context")
    }

    deinit {
        if let parser { av_parser_close(parser) }
        var dyingFilter = filter
        av_bsf_free(&dyingFilter)
        var dying: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&dying)
    }

    func facts(_ packet: UnsafePointer<AVPacket>) throws(FFmpegError) -> Facts {
        let isMarked = isIntraOnly || packet.pointee.flags & AV_PKT_FLAG_KEY != 0
        guard let parser else {
            let bytes = UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
            return Facts(isKey: isMarked, headers: nil, size: isJPEG ? jpegSize(bytes) : nil)
        }
        var (data, count): (UnsafeMutablePointer<UInt8>?, Int32) = (nil, 0)
        _ = av_parser_parse2(
            parser, context, &data, &count, packet.pointee.data, packet.pointee.size, packet.pointee.pts,
            packet.pointee.dts, -1)
        let isKey = isMarked || parser.pointee.key_frame == 1
        let (width, height) = (parser.pointee.width, parser.pointee.height)
        return Facts(
            isKey: isKey, headers: isKey ? try headers(packet) : nil,
            size: width > 0 && height > 0 ? (width, height) : nil)
    }

    private func headers(_ packet: UnsafePointer<AVPacket>) throws(FFmpegError) -> [UInt8]? {
        guard let filter else { return nil }
        var copy = av_packet_clone(packet)
        defer { av_packet_free(&copy) }
        guard let copy else { throw .outOfMemory("av_packet_clone") }
        // What is damaged has none.
        guard av_bsf_send_packet(filter, copy) >= 0, av_bsf_receive_packet(filter, copy) >= 0 else { return nil }
        var count = 0
        guard let bytes = av_packet_get_side_data(copy, AV_PKT_DATA_NEW_EXTRADATA, &count), count > 0 else {
            return nil
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    private static func filter(_ stream: AuxiliaryStream) throws(FFmpegError) -> UnsafeMutablePointer<AVBSFContext>? {
        let parameters = stream.parameters
        // `avcC` and `hvcC` (ISO/IEC 14496-15) stand beside the packets, which are in another form then.
        let isBeside = parameters.pointee.extradata_size > 0 && parameters.pointee.extradata[0] == 1
        let codec = parameters.pointee.codec_id
        guard !(isBeside && [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC].contains(codec)),
            let kind = av_bsf_get_by_name("extract_extradata")
        else { return nil }
        var allocated: UnsafeMutablePointer<AVBSFContext>?
        try FFmpegError.check(av_bsf_alloc(kind, &allocated), "av_bsf_alloc")
        guard let filter = allocated else { throw .outOfMemory("av_bsf_alloc") }
        // It refuses codecs that have no headers.
        guard avcodec_parameters_copy(filter.pointee.par_in, parameters) >= 0, av_bsf_init(filter) >= 0 else {
            av_bsf_free(&allocated)
            return nil
        }
        return filter
    }
}
