import CFFmpeg
import Pipeline

/// Puts the codec's headers in front of each key picture, for containers that players may enter anywhere, such as
/// MPEG-TS. Sole owner of its `AVBSFContext`.
final class InBandHeaders {
    private let context: UnsafeMutablePointer<AVBSFContext>

    /// - Returns: nil if there is nothing to be done: no headers, or such as the muxer itself rewrites (`avcC`, `hvcC`:
    ///   ISO/IEC 14496-15).
    init?(_ format: EncodedFormat) throws(FFmpegError) {
        let codec = format.parameters.pointee.codec_id
        guard let first = format.headers.first,
            !(first == 1 && [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC].contains(codec)),
            let filter = av_bsf_get_by_name("dump_extra")
        else { return nil }
        var allocated: UnsafeMutablePointer<AVBSFContext>?
        try FFmpegError.check(av_bsf_alloc(filter, &allocated), "av_bsf_alloc")
        context = allocated!
        try FFmpegError.check(
            avcodec_parameters_copy(context.pointee.par_in, format.parameters), "avcodec_parameters_copy")
        context.pointee.time_base_in = format.timeBase
        try FFmpegError.check(av_bsf_init(context), "av_bsf_init")
    }

    deinit {
        var dying: UnsafeMutablePointer<AVBSFContext>? = context
        av_bsf_free(&dying)
    }

    /// Changes a packet in place.
    func apply(to packet: UnsafeMutablePointer<AVPacket>) throws(FFmpegError) {
        try FFmpegError.check(av_bsf_send_packet(context, packet), "av_bsf_send_packet")
        try FFmpegError.check(av_bsf_receive_packet(context, packet), "av_bsf_receive_packet")
    }
}
