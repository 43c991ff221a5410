import CFFmpeg

/// How a recording is read of which only some pictures are wanted: what is left out, and where reading goes on.
struct Leap {
    /// nil: there is none, or it was found to be wrong.
    var index: KeyIndex?
    /// Seconds: earlier pictures are decoded only as far as later ones need them.
    var wanted = -Double.infinity
    /// Of the video's packet that was read last: when it is decoded, in the stream's unit as the file has it.
    private(set) var position: Int64?
    /// After a leap, until it comes out of the decoder: when the key picture comes that was leapt to, in the stream's unit as it
    /// is given out.
    var landing: Int64?
    /// Whether packets were left unread.
    private(set) var hasLeapt = false
    private let timeBase: AVRational
    /// The file's own time of what is given out as 0, in the stream's unit.
    private let start: Int64
    /// Whether each picture stands for itself.
    private let isIntraOnly: Bool

    /// - Parameter start: the file's own start in microseconds; nil: unknown.
    init(_ stream: UnsafeMutablePointer<AVStream>, start: Int64?, index: KeyIndex?) {
        timeBase = stream.pointee.time_base
        let start = knownTime(av_rescale_q(start ?? 0, AVRational(num: 1, den: AV_TIME_BASE), timeBase))
        self.start = start ?? 0
        // A file may claim any start, also one with which nothing can be calculated.
        self.index = start == nil || av_q2d(timeBase) <= 0 ? nil : index
        let codec = avcodec_descriptor_get(stream.pointee.codecpar.pointee.codec_id)
        isIntraOnly = codec.map { $0.pointee.props & AV_CODEC_PROP_INTRA_ONLY != 0 } ?? false
    }

    /// - Parameter packet: the video's, with the file's own times.
    mutating func note(_ packet: UnsafeMutablePointer<AVPacket>) {
        position = knownTime(packet.pointee.dts) ?? knownTime(packet.pointee.pts)
    }

    enum Use {
        /// All that it holds is wanted, or may be.
        case all
        /// Its picture is not wanted, but others may need it.
        case others
        case none
    }

    /// - Parameter packet: the video's, with the times that are given out.
    func use(of packet: UnsafeMutablePointer<AVPacket>) -> Use {
        guard let pts = knownTime(packet.pointee.pts), pts != landing, seconds(pts) < wanted else { return .all }
        return isIntraOnly ? .none : packet.pointee.flags & AV_PKT_FLAG_KEY != 0 ? .all : .others
    }

    /// Where the file is read on, in its own times; nil: from where it is.
    var target: Int64? {
        guard let index, let position, wanted.magnitude < Self.farthest else { return nil }
        let time = Int64((wanted / av_q2d(timeBase)).rounded(.down)) + start
        return index.isAhead(of: position, before: time) ? time : nil
    }

    /// Takes the first packet after a leap.
    ///
    /// - Parameter packet: with the times that are given out.
    /// - Returns: whether decoding may begin there.
    mutating func land(on packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        hasLeapt = true
        let isKey = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
        guard isKey, let pts = knownTime(packet.pointee.pts), seconds(pts) <= wanted else { return false }
        landing = pts
        return true
    }

    enum Arrival {
        case wanted
        /// It comes before the key picture, and may refer to what was left out.
        case early
        /// It is none that stands for itself, whatever the index says.
        case wrong
    }

    /// Looks at a picture that comes out of the decoder, as FFmpeg has it.
    mutating func arrival(_ picture: UnsafeMutablePointer<AVFrame>) -> Arrival {
        guard let key = landing else { return .wanted }
        let time = knownTime(picture.pointee.best_effort_timestamp)
        if let time, time < key { return .early }
        landing = nil
        return time == key && picture.pointee.pict_type == AV_PICTURE_TYPE_I ? .wanted : .wrong
    }

    private func seconds(_ time: Int64) -> Double { Double(time) * Double(timeBase.num) / Double(timeBase.den) }

    /// Seconds; no recording is longer.
    private static let farthest = 1e9
}
