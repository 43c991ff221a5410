import CFFmpeg
import Pipeline

/// What a recording's file says of itself in its head, without a picture being decoded: a guess for planning, no promise.
package struct MediaProbe: Sendable, Equatable {
    /// Seconds; nil: it does not say.
    package let duration: Double?
    /// Pictures a second; nil likewise.
    package let frameRate: Double?
    /// Of a picture; nil likewise.
    package let pixels: Int?

    /// - Parameter path: of a file. What it names, as playlists do, is not opened.
    /// - Returns: nil for what cannot be opened.
    package init?(path: String) {
        _ = FFmpegLog.silenced
        var opening = avformat_alloc_context()
        guard let empty = opening else { return nil }
        let named = NamedFiles(of: path)
        named.watch(empty)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "pattern_type", "none", 0)
        guard ConcatList.foreignFile(in: path, isSurely: false) == nil else {
            avformat_free_context(empty)
            return nil
        }
        let code = avformat_open_input(&opening, "file:" + path, nil, &options)
        guard code >= 0, let context = opening else { return nil }
        defer {
            withExtendedLifetime(named) {}
            avformat_close_input(&opening)
        }
        // Most formats say all of it in their head; of the others some packets are looked at.
        if Self.video(context) == nil || Self.duration(context) == nil {
            guard avformat_find_stream_info(context, nil) >= 0 else { return nil }
        }
        guard let video = Self.video(context) else { return nil }
        let rate = video.pointee.avg_frame_rate.num > 0 ? video.pointee.avg_frame_rate : video.pointee.r_frame_rate
        duration = Self.duration(context)
        frameRate = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : nil
        let size = video.pointee.codecpar.pointee
        pixels = size.width > 0 && size.height > 0 ? Int(size.width) * Int(size.height) : nil
    }

    /// The first one that is no cover.
    private static func video(_ context: UnsafeMutablePointer<AVFormatContext>) -> UnsafeMutablePointer<AVStream>? {
        let streams = (0..<context.pointee.nb_streams).lazy.compactMap { shim_stream(context, Int32($0)) }
        return streams.first { stream in
            stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
                && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        }
    }

    private static func duration(_ context: UnsafeMutablePointer<AVFormatContext>) -> Double? {
        let duration = context.pointee.duration
        return duration > 0 && duration < Int64.max ? Double(duration) / Double(AV_TIME_BASE) : nil
    }
}
