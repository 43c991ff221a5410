import CFFmpeg
import Pipeline

/// Where a recording's key pictures are, as its own index has it: MP4, MOV, Matroska and WebM. Other formats list none, or
/// begin their times anew.
struct KeyIndex {
    private let stream: UnsafeMutablePointer<AVStream>
    /// Matroska's is read when it is used first.
    private var isRead: Bool

    /// What is passed over must be longer, in seconds: a decoder that begins anew stands still for a moment.
    private static let shortest = 1.0

    /// - Returns: nil if there is none that can be relied on.
    init?(_ demuxer: Demuxer, _ stream: UnsafeMutablePointer<AVStream>) {
        let names = demuxer.formatName.split(separator: ",")
        let isMatroska = names.contains("matroska")
        let canGoBack = demuxer.context.pointee.pb.map { $0.pointee.seekable & AVIO_SEEKABLE_NORMAL != 0 } ?? false
        guard !demuxer.isLive, canGoBack, isMatroska || names.contains("mp4") else { return nil }
        self.stream = stream
        isRead = !isMatroska
    }

    /// Whether the key picture before a time lies well ahead of what was read.
    ///
    /// - Parameters: in the stream's unit, as the file has them.
    func isAhead(of position: Int64, before time: Int64) -> Bool {
        let least = Int64(Self.shortest / av_q2d(stream.pointee.time_base))
        guard isRead else { return time - position >= least }
        let entry = avformat_index_get_entry_from_timestamp(stream, time, AVSEEK_FLAG_BACKWARD)
        return entry.flatMap { knownTime($0.pointee.timestamp) }.map { $0 - position >= least } ?? false
    }

    /// Reads on from the key picture before a time.
    ///
    /// - Returns: why that fails; nil: it did not.
    mutating func seek(_ context: UnsafeMutablePointer<AVFormatContext>, before time: Int64) -> FFmpegError? {
        isRead = true
        let code = av_seek_frame(context, stream.pointee.index, time, AVSEEK_FLAG_BACKWARD)
        return code < 0 ? FFmpegError(code: code, function: "av_seek_frame") : nil
    }

    /// Reads on from the first picture.
    mutating func rewind(_ context: UnsafeMutablePointer<AVFormatContext>) -> FFmpegError? {
        let first = avformat_index_get_entry(stream, 0)?.pointee.timestamp
        return seek(context, before: first ?? knownTime(stream.pointee.start_time) ?? 0)
    }
}
