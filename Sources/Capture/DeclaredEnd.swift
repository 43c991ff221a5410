import CFFmpeg

/// What the file says of its own length, to tell whether it was cut off.
struct DeclaredEnd {
    /// Seconds of video; nil: not declared, only guessed.
    private(set) var duration: Double?
    private let packets: Int?

    init(_ demuxer: Demuxer, _ stream: UnsafeMutablePointer<AVStream>) {
        // An MP4's index lists every packet. Others' have only the key frames, or grow while reading.
        let isIndexed = demuxer.formatName.contains("mp4") && stream.pointee.nb_frames > 0
        packets = isIndexed ? Int(avformat_index_get_entries_count(stream)) : nil
        let isDeclared = demuxer.context.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE
        duration = isDeclared ? secondsOfVideo(demuxer, stream) : nil
    }

    /// The same where the length by time stamps means nothing.
    var withoutDuration: DeclaredEnd {
        var result = self
        result.duration = nil
        return result
    }

    /// - Parameter reached: seconds, where the last packet ends. Containers round and estimate: a second is no loss.
    func isMissed(packets read: Int, reached: Double) -> Bool {
        if let packets { return read < packets }
        guard let duration else { return false }
        return reached < duration - max(1, duration / 50)
    }
}

/// How long the video lasts by the file's own account; nil: it doesn't say.
func secondsOfVideo(_ demuxer: Demuxer, _ stream: UnsafeMutablePointer<AVStream>) -> Double? {
    if let duration = knownTime(stream.pointee.duration), duration > 0 {
        return Double(duration) * av_q2d(stream.pointee.time_base)
    }
    guard var duration = knownTime(demuxer.context.pointee.duration) else { return nil }
    // In Matroska, FFmpeg counts it from 0, MKVToolNix from the first time stamp: the shorter one has surely passed.
    let start = max(knownTime(demuxer.context.pointee.start_time) ?? 0, 0)
    if demuxer.formatName.contains("matroska") { duration -= start }
    guard duration > 0 else { return nil }
    return Double(duration) / Double(AV_TIME_BASE)
}
