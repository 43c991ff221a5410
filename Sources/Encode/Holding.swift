import CFFmpeg
import Pipeline

/// What a container can hold beside video.
struct Holding {
    private let format: UnsafePointer<AVOutputFormat>

    init(_ format: UnsafePointer<AVOutputFormat>) { self.format = format }

    private var name: String { String(cString: format.pointee.name) }

    var isMatroska: Bool { name == "matroska" }

    /// FFmpeg does not tell; these are tested.
    var hasChapters: Bool { Self.withChapters.contains(name) }

    private static let withChapters: Set<String> = ["matroska", "webm", "mp4", "mov", "ipod", "nut"]

    /// Whether a time code goes in: as a track, which counts in whole pictures, or as a tag.
    func holds(timecode: String, _ frameRate: AVRational) -> Bool {
        switch name {
        case "matroska", "webm": return true
        case "mp4", "mov":
            var parsed = AVTimecode()
            return frameRate.num > 0 && frameRate.den > 0
                && av_timecode_init_from_string(&parsed, frameRate, timecode, nil) >= 0
        default: return false
        }
    }

    /// Whether it surely holds a codec.
    func holds(_ codecID: AVCodecID) -> Bool {
        avformat_query_codec(format, codecID, FF_COMPLIANCE_EXPERIMENTAL) > 0
    }

    func holds(_ auxiliary: AuxiliaryStream) -> Bool {
        let parameters = auxiliary.parameters.pointee
        switch parameters.codec_type {
        case AVMEDIA_TYPE_ATTACHMENT:
            // WebM's writer passes over them without a word.
            return name == "matroska" && canBegin(with: auxiliary)
        case AVMEDIA_TYPE_DATA where name == "mpegts":
            // Anything else it would write as private data that nobody finds again.
            return [AV_CODEC_ID_SMPTE_KLV, AV_CODEC_ID_TIMED_ID3].contains(parameters.codec_id)
        case AVMEDIA_TYPE_DATA:
            return canBegin(with: auxiliary)
        case AVMEDIA_TYPE_VIDEO where name == "mov" && auxiliary.disposition & AV_DISPOSITION_ATTACHED_PIC != 0:
            // Its writer passes over covers without a word.
            return false
        default:
            // QuickTime's table lists VP9, AV1, Opus and FLAC, which its writer has for MP4 only, and Matroska's lists APNG.
            let isDoubtful = name == "mov" || parameters.codec_type == AVMEDIA_TYPE_VIDEO
            return avformat_query_codec(format, parameters.codec_id, FF_COMPLIANCE_EXPERIMENTAL) != 0
                && (!isDoubtful || canBegin(with: auxiliary))
        }
    }

    /// Endings of usual containers that hold a stream.
    static func endings(for auxiliary: AuxiliaryStream) -> [String] {
        [".mkv", ".mp4", ".mov", ".ts"].filter { ending in
            guard let format = av_guess_format(nil, ending, nil) else { return false }
            let isData = auxiliary.parameters.pointee.codec_type == AVMEDIA_TYPE_DATA
            // A transport stream's writer does not say what it can hold.
            return (isData || ending != ".ts") && Holding(format).holds(auxiliary)
        }
    }

    /// Tries it: the muxers' tables list what they then refuse.
    private func canBegin(with auxiliary: AuxiliaryStream) -> Bool {
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&allocated, format, nil, nil) >= 0, let trial = allocated else {
            return false
        }
        defer { avformat_free_context(trial) }
        guard avio_open_dyn_buf(&trial.pointee.pb) >= 0 else { return false }
        defer {
            var bytes: UnsafeMutablePointer<UInt8>?
            avio_close_dyn_buf(trial.pointee.pb, &bytes)
            trial.pointee.pb = nil
            av_free(bytes)
        }
        guard let video = avformat_new_stream(trial, nil), let stream = avformat_new_stream(trial, nil) else {
            return false
        }
        video.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        // WebM holds few.
        video.pointee.codecpar.pointee.codec_id = name == "webm" ? AV_CODEC_ID_VP8 : AV_CODEC_ID_MPEG4
        video.pointee.codecpar.pointee.width = 320
        video.pointee.codecpar.pointee.height = 240
        video.pointee.time_base = AVRational(num: 1, den: 25)
        guard avcodec_parameters_copy(stream.pointee.codecpar, auxiliary.parameters) >= 0 else { return false }
        if !keepsTag(of: auxiliary) { stream.pointee.codecpar.pointee.codec_tag = 0 }
        stream.pointee.time_base = auxiliary.timeBase
        av_dict_copy(&stream.pointee.metadata, auxiliary.metadata, 0)
        trial.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL
        return avformat_write_header(trial, nil) >= 0
    }

    /// Whether the container knows a codec by this tag; each has its own.
    func holdsTag(_ tag: UInt32, _ codecID: AVCodecID) -> Bool {
        guard let tags = format.pointee.codec_tag else { return false }
        return av_codec_get_id(tags, tag) == codecID
    }

    /// Whether it holds the matrix by which players turn and mirror pictures.
    var hasTurns: Bool { ["mp4", "mov", "ipod"].contains(name) }

    /// Whether a copy may keep the tag of another container.
    func keepsTag(of auxiliary: AuxiliaryStream) -> Bool {
        let parameters = auxiliary.parameters.pointee
        if holdsTag(parameters.codec_tag, parameters.codec_id) { return true }
        // QuickTime's writer has no tag of its own for bytes of any kind, and loses them without one.
        return parameters.codec_type == AVMEDIA_TYPE_DATA && format.pointee.codec_tag != nil
            && av_codec_get_tag(format.pointee.codec_tag, parameters.codec_id) == 0
    }
}
