import CFFmpeg
import Pipeline

extension Demuxer {
    /// The recording's chapters, from the start that its pictures are counted from.
    var chapters: [Chapter] {
        let unit = AVRational(num: 1, den: AV_TIME_BASE)
        let start = knownTime(context.pointee.start_time) ?? 0
        return (0..<Int32(context.pointee.nb_chapters)).compactMap { number in
            guard let chapter = shim_chapter(context, number)?.pointee, let from = knownTime(chapter.start) else {
                return nil
            }
            let begin = av_rescale_q(from, chapter.time_base, unit) - start
            let end = knownTime(chapter.end).map { av_rescale_q($0, chapter.time_base, unit) - start }
            return Chapter(
                start: max(begin, 0), end: max(end ?? begin, begin, 0), metadata: metadataTags(chapter.metadata))
        }
    }

    /// The time code of the first picture, such as "10:00:00:00"; nil: there is none.
    ///
    /// QuickTime has it as a track of its own, others as a tag.
    var timecode: String? {
        let dictionaries = [context.pointee.metadata] + streams.map(\.pointee.metadata)
        return dictionaries.lazy.compactMap { av_dict_get($0, "timecode", nil, 0) }.first
            .map { String(cString: $0.pointee.value) }
    }
}

extension UnsafeMutablePointer<AVStream> {
    /// Whether it is a QuickTime track of the names of chapters, which FFmpeg fails to link to a video with a time code.
    func isChapterNames(of context: UnsafePointer<AVFormatContext>) -> Bool {
        pointee.codecpar.pointee.codec_id == AV_CODEC_ID_MOV_TEXT
            && pointee.codecpar.pointee.codec_tag == 0x7478_6574  // "text"; subtitles are "tx3g"
            && context.pointee.nb_chapters > 0 && pointee.nb_frames == Int64(context.pointee.nb_chapters)
    }

    /// Whether it is a QuickTime track that holds a time code.
    var isTimecode: Bool {
        pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_DATA
            && pointee.codecpar.pointee.codec_tag == 0x6463_6d74  // "tmcd"
            && av_dict_get(pointee.metadata, "timecode", nil, 0) != nil
    }
}
