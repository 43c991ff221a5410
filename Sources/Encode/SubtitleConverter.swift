import CFFmpeg
import Pipeline

/// Writes plain-text subtitles in the plain-text codec that a container holds: text and times stay, and bold and italics.
/// Sole owner of its two codecs.
///
/// Subtitles with places and styles of their own (ASS), and those that are pictures, are not converted.
final class SubtitleConverter {
    /// The stream that comes out.
    let result: AuxiliaryStream

    private let decoder: UnsafeMutablePointer<AVCodecContext>
    private let encoder: UnsafeMutablePointer<AVCodecContext>
    private var text = [UInt8](repeating: 0, count: 1 << 16)

    private static let plain = [AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_SUBRIP, AV_CODEC_ID_WEBVTT, AV_CODEC_ID_TEXT]

    /// - Returns: nil if the stream is no plain text, or the container holds none that FFmpeg writes.
    init?(_ auxiliary: AuxiliaryStream, for holding: Holding) {
        let parameters = auxiliary.parameters
        guard Self.plain.contains(parameters.pointee.codec_id),
            let target = Self.plain.first(where: { $0 != AV_CODEC_ID_TEXT && holding.holds($0) }),
            let reads = avcodec_find_decoder(parameters.pointee.codec_id), let writes = avcodec_find_encoder(target)
        else { return nil }
        var (made, other) = (avcodec_alloc_context3(reads), avcodec_alloc_context3(writes))
        guard let decoder = made, let encoder = other else {
            avcodec_free_context(&made)
            avcodec_free_context(&other)
            return nil
        }
        let unit = AVRational(num: 1, den: 1000)
        guard avcodec_parameters_to_context(decoder, parameters) >= 0 else {
            avcodec_free_context(&made)
            avcodec_free_context(&other)
            return nil
        }
        (decoder.pointee.pkt_timebase, encoder.pointee.time_base) = (auxiliary.timeBase, unit)
        guard avcodec_open2(decoder, reads, nil) >= 0, Self.open(encoder, writes, header: decoder),
            let result = try? AuxiliaryStream(auxiliary, as: encoder)
        else {
            avcodec_free_context(&made)
            avcodec_free_context(&other)
            return nil
        }
        (self.decoder, self.encoder, self.result) = (decoder, encoder, result)
    }

    deinit {
        var (first, second): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVCodecContext>?) =
            (decoder, encoder)
        avcodec_free_context(&first)
        avcodec_free_context(&second)
    }

    /// Replaces a packet's contents; its times stay.
    ///
    /// - Returns: false if there is no text in it.
    func convert(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        var subtitle = AVSubtitle()
        var isWhole: Int32 = 0
        guard avcodec_decode_subtitle2(decoder, &subtitle, &isWhole, packet) >= 0, isWhole != 0 else { return false }
        defer { avsubtitle_free(&subtitle) }
        guard subtitle.num_rects > 0 else { return false }
        // The encoder wants a time that begins at 0.
        (subtitle.pts, subtitle.start_display_time) = (0, 0)
        let size = avcodec_encode_subtitle(encoder, &text, Int32(text.count), &subtitle)
        guard size > 0 else { return false }
        let (pts, dts, duration) = (packet.pointee.pts, packet.pointee.dts, packet.pointee.duration)
        let (stream, flags) = (packet.pointee.stream_index, packet.pointee.flags)
        av_packet_unref(packet)
        guard av_new_packet(packet, size) >= 0 else { return false }
        packet.pointee.data.update(from: text, count: Int(size))
        (packet.pointee.pts, packet.pointee.dts, packet.pointee.duration) = (pts, dts, duration)
        (packet.pointee.stream_index, packet.pointee.flags) = (stream, flags)
        return true
    }

    /// The styles of the decoded text are described in a header that the encoder reads.
    private static func open(
        _ encoder: UnsafeMutablePointer<AVCodecContext>, _ codec: UnsafePointer<AVCodec>,
        header decoder: UnsafeMutablePointer<AVCodecContext>
    ) -> Bool {
        if let header = decoder.pointee.subtitle_header {
            let size = Int(decoder.pointee.subtitle_header_size)
            guard let copy = av_mallocz(size + 1) else { return false }
            copy.copyMemory(from: header, byteCount: size)
            encoder.pointee.subtitle_header = copy.assumingMemoryBound(to: UInt8.self)
            encoder.pointee.subtitle_header_size = Int32(size)
        }
        return avcodec_open2(encoder, codec, nil) >= 0
    }
}
