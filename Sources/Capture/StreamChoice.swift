import CFFmpeg
import Pipeline

/// Which of an input's streams are read: one video, and the audio, subtitles, data and attachments that go with it.
struct StreamChoice {
    let video: UnsafeMutablePointer<AVStream>
    let decoder: UnsafePointer<AVCodec>
    let auxiliaryStreams: [AuxiliaryStream]
    /// Position in `auxiliaryStreams` by the stream's number.
    let auxiliaryOfStream: [Int32: Int]
    /// The sound that goes with the video, if it was asked for by itself.
    let sound: UnsafeMutablePointer<AVStream>?
    /// Streams that nobody can copy, or that are pictures, too.
    let leftOut: [CaptureWarning]

    /// - Parameter number: the video stream that the user wants; nil: the best.
    /// - Parameter takesAuxiliaryStreams: whether other streams go along.
    /// - Parameter takesVideos: whether other videos and covers do, too.
    /// - Parameter takesSound: whether the best sound is read by itself.
    /// - Parameter beside: streams that are none of the video's own.
    /// - Throws: an error that says what is there instead of a video that can be decoded.
    init(
        _ demuxer: Demuxer, number: Int?, takesAuxiliaryStreams: Bool, takesVideos: Bool = false,
        takesSound: Bool = false, beside: StreamsBeside = StreamsBeside()
    ) throws(CaptureError) {
        let name = demuxer.location.name
        let streams = demuxer.streams
        let videos = streams.filter(Self.isVideo)
        if let number {
            guard let wanted = videos.first(where: { $0.pointee.index == number }) else {
                throw .noSuchVideoStream(
                    input: name, number: number, videoStreams: videos.map { Int($0.pointee.index) })
            }
            video = wanted
        } else {
            // `max` returns the last of equals; the first is wanted.
            guard let best = videos.reversed().max(by: { Self.rank($0).lexicographicallyPrecedes(Self.rank($1)) })
            else {
                throw .noVideo(input: name, found: streams.map(Self.description))
            }
            video = best
        }
        guard let decoder = avcodec_find_decoder(video.pointee.codecpar.pointee.codec_id) else {
            throw .noDecoder(input: name, codec: Self.codecName(video.pointee.codecpar))
        }
        self.decoder = decoder

        let best = av_find_best_stream(demuxer.context, AVMEDIA_TYPE_AUDIO, -1, video.pointee.index, nil, 0)
        sound = takesSound && best >= 0 ? streams.first { $0.pointee.index == best } : nil
        let program = Self.program(of: video, demuxer.context)
        var auxiliaryStreams: [AuxiliaryStream] = []
        var auxiliaryOfStream: [Int32: Int] = [:]
        var leftOut: [CaptureWarning] = []
        for stream in streams where stream != video && stream != sound && !beside.wanted.contains(stream.pointee.index)
        {
            let parameters = stream.pointee.codecpar.pointee
            // The demuxer itself discards what it has read already, such as a track of chapters' names. A time code goes
            // along as a tag, and FFmpeg makes streams of a broadcast's programme guide.
            let isOfOurProgram = program?.contains(stream.pointee.index) ?? true
            let goesAlong =
                takesAuxiliaryStreams && isOfOurProgram && !beside.unwanted.contains(stream.pointee.index)
                && stream.pointee.discard != AVDISCARD_ALL && !stream.isTimecode
                && !stream.isChapterNames(of: demuxer.context) && parameters.codec_id != AV_CODEC_ID_EPG
            let isCopied =
                Self.auxiliaryKinds.contains(parameters.codec_type)
                || takesVideos && parameters.codec_type == AVMEDIA_TYPE_VIDEO
            if goesAlong, isCopied {
                if parameters.codec_id != AV_CODEC_ID_NONE || parameters.codec_type == AVMEDIA_TYPE_ATTACHMENT {
                    auxiliaryOfStream[stream.pointee.index] = auxiliaryStreams.count
                    do { auxiliaryStreams.append(try AuxiliaryStream(copying: stream)) } catch { throw .outOfMemory }
                    continue
                }
                leftOut.append(
                    .streamLeftOut(
                        number: Int(stream.pointee.index), description: Self.description(stream), isPictures: false))
            } else if goesAlong, parameters.codec_type == AVMEDIA_TYPE_VIDEO {
                leftOut.append(
                    .streamLeftOut(
                        number: Int(stream.pointee.index), description: Self.description(stream), isPictures: true))
            }
            // The demuxer then need not even read it.
            stream.pointee.discard = AVDISCARD_ALL
        }
        self.auxiliaryStreams = auxiliaryStreams
        self.auxiliaryOfStream = auxiliaryOfStream
        self.leftOut = leftOut
    }

    private static let auxiliaryKinds = [
        AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_SUBTITLE, AVMEDIA_TYPE_DATA, AVMEDIA_TYPE_ATTACHMENT,
    ]

    /// A picture attached to a song is no video.
    private static func isVideo(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
        stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
            && stream.pointee.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS) == 0
    }

    /// The more of a kind that counts, the better; the first kinds count most.
    private static func rank(_ stream: UnsafeMutablePointer<AVStream>) -> [Int] {
        let parameters = stream.pointee.codecpar.pointee
        return [
            avcodec_find_decoder(parameters.codec_id) == nil ? 0 : 1,
            parameters.width > 0 ? 1 : 0,
            stream.pointee.disposition & AV_DISPOSITION_DEFAULT == 0 ? 0 : 1,
            Int(parameters.width) * Int(parameters.height),
        ]
    }

    /// Numbers of the streams of the programme (in a transport stream, a playlist's variant) that the video belongs to.
    private static func program(
        of video: UnsafeMutablePointer<AVStream>, _ context: UnsafeMutablePointer<AVFormatContext>
    ) -> [Int32]? {
        guard let program = av_find_program_from_stream(context, nil, video.pointee.index) else { return nil }
        return (0..<Int(program.pointee.nb_stream_indexes)).map { Int32(program.pointee.stream_index[$0]) }
    }

    private static func description(_ stream: UnsafeMutablePointer<AVStream>) -> String {
        let codec = codecName(stream.pointee.codecpar)
        return switch stream.pointee.codecpar.pointee.codec_type {
        case AVMEDIA_TYPE_VIDEO: isVideo(stream) ? "a video (\(codec))" : "a cover picture (\(codec))"
        case AVMEDIA_TYPE_AUDIO: "audio (\(codec))"
        case AVMEDIA_TYPE_SUBTITLE: "subtitles (\(codec))"
        case AVMEDIA_TYPE_ATTACHMENT: "an attachment"
        default: stream.pointee.codecpar.pointee.codec_tag == 0 ? "data" : "data (\(codec))"
        }
    }

    /// FFmpeg's name of a codec, or the four letters that the file has for one that FFmpeg doesn't know.
    private static func codecName(_ parameters: UnsafePointer<AVCodecParameters>) -> String {
        guard parameters.pointee.codec_id == AV_CODEC_ID_NONE else {
            return String(cString: avcodec_get_name(parameters.pointee.codec_id))
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_FOURCC_MAX_STRING_SIZE)) { text in
            String(cString: av_fourcc_make_string(text.baseAddress, parameters.pointee.codec_tag))
        }
    }
}
