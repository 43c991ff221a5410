import CFFmpeg
import Pipeline

/// A reader, and how far it is. Confined to the encoder's lock.
final class Subscription {
    let reader: any PacketReader
    /// Whether it wished for the last picture.
    var isReading = false
    /// Whether packets before the next key frame are nothing to it.
    var awaitsKey = true
    /// Pictures that it wished for and that are in the encoder.
    var inside = 0
    /// Whether it knows that no packet comes.
    var hasEnded = true

    init(_ reader: any PacketReader) { self.reader = reader }

    func read(_ packet: EncodedPacket) {
        inside -= 1
        if packet.isKey { awaitsKey = false }
        if awaitsKey { reader.miss(packet.picture, because: .leftOut) } else { reader.read(packet) }
    }

    func miss(_ picture: PictureStamp, because reason: MissReason) {
        inside -= 1
        reader.miss(picture, because: reason)
    }
}

/// One encoder at work, from its first picture to its last. Confined to the encoder's lock.
final class EncoderRun {
    /// A picture in the encoder.
    struct Inside {
        let stamp: PictureStamp
        let readers: [Subscription]
        /// Whether it was asked for as a key picture, and whether a reader can do with no other.
        let isKey: Bool
        let isStart: Bool
    }

    let format: EncodedFormat
    private let source: ConvertingEncoder
    private let pictures: VideoFormat
    private var clock: FragmentClock
    private var fragments = 0
    /// By the time of their packet.
    private var inside: [Int64: Inside] = [:]
    private var lastTime: Int64?
    private var hasPackets = false
    /// Whether the encoder makes key pictures when it is asked to; not all do.
    private var obeys = true
    private var hasMissedStart = false

    /// - Parameter path: for errors.
    init(
        _ codec: UnsafePointer<AVCodec>, _ config: EncodeConfig, _ pictures: VideoFormat, path: String
    ) throws(EncodeError) {
        self.pictures = pictures
        source = try ConvertingEncoder(codec, config, pictures, container: nil, mode: .live, path: path)
        format = try EncodedFormat(of: source.encoder, notes: source.notes, path: path)
        clock = FragmentClock(interval: pictures.frameRate.microseconds)
    }

    /// Whether it fails before it has made a second of packets, so that another would hardly do better.
    var isYoung: Bool { fragments < 2 }

    /// Whether another encoder must take the picture.
    ///
    /// - Parameter isStart: whether a reader must be able to begin with it.
    func mustEnd(before stamp: PictureStamp, _ format: VideoFormat, isStart: Bool) -> Bool {
        if !pictures.isSame(as: format) || hasMissedStart { return true }
        // A source that begins anew.
        if let lastTime, stamp.time < lastTime - 1_000_000 { return true }
        // Where times are rounded, they would drift from the pictures' own.
        return isStart && (!obeys || source.hasFixedRate)
    }

    /// Takes a picture, and hands over the packets that are done.
    func encode(
        _ frame: consuming Frame, _ stamp: PictureStamp, isStart: Bool, for readers: [Subscription]
    ) throws(EncodeError) {
        lastTime = stamp.time
        let isKey = clock.begins(at: stamp.time, isAsked: isStart)
        if isKey { fragments += 1 }
        for reader in readers { reader.inside += 1 }
        inside[source.encoder.time(of: frame)] = Inside(
            stamp: stamp, readers: readers, isKey: isKey, isStart: isStart)
        try source.encode(frame, asKey: isKey) { packet throws(EncodeError) in try deliver(packet) }
    }

    /// Hands over all that is in the encoder, which takes no more.
    func flush() throws(EncodeError) {
        try source.encoder.flush { packet throws(EncodeError) in try deliver(packet) }
        giveUp(because: .leftOut)
    }

    /// Tells the readers that nothing more comes of what is in the encoder.
    func giveUp(because reason: MissReason) {
        for (_, picture) in inside.sorted(by: { $0.key < $1.key }) {
            for reader in picture.readers { reader.miss(picture.stamp, because: reason) }
        }
        inside = [:]
    }

    private func deliver(_ packet: UnsafeMutablePointer<AVPacket>) throws(EncodeError) {
        // An encoder may round times once more; pictures come in order then.
        guard
            let picture = inside.removeValue(forKey: packet.pointee.pts)
                ?? inside.keys.min().flatMap({ inside.removeValue(forKey: $0) })
        else { return }
        let isKey = !hasPackets || packet.pointee.flags & AV_PKT_FLAG_KEY != 0
        hasPackets = true
        if picture.isKey, !isKey {
            obeys = false
            if picture.isStart { hasMissedStart = true }
        }
        let encoded = try EncodedPacket(
            taking: packet, format, picture.stamp, isKey: isKey, beginsFragment: picture.isKey)
        for reader in picture.readers { reader.read(encoded) }
    }
}

extension VideoFormat {
    /// Whether one encoder can take pictures of both.
    fileprivate func isSame(as other: VideoFormat) -> Bool {
        (width, height, pixelFormat.rawValue) == (other.width, other.height, other.pixelFormat.rawValue)
            && colour.codes == other.colour.codes
            && av_cmp_q(timeBase, other.timeBase) == 0
            && sampleAspectRatio.num == other.sampleAspectRatio.num
            && sampleAspectRatio.den == other.sampleAspectRatio.den
    }
}

extension ColourTags {
    fileprivate var codes: [UInt32] {
        [range.rawValue, matrix.rawValue, primaries.rawValue, transfer.rawValue, chromaLocation.rawValue]
    }
}

extension AVRational {
    /// Of pictures that come at this rate, from one to the next; 40,000 if it is unknown.
    var microseconds: Int64 { num > 0 && den > 0 ? Int64(1_000_000 * Double(den) / Double(num)) : 40_000 }
}
