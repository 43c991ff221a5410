import CFFmpeg
import Kept
import Pipeline

/// The track that tells of each picture what was seen in it. For use by one thread at a time.
final class RecordReader {
    private let timeBase: AVRational
    private let isTimedText: Bool
    private var packets = PacketRow()
    private var records = TimeMatch<KeptRecord>()
    private var hasEnded = false
    /// All that records have named so far, by class.
    private(set) var names: [Int: String] = [:]

    init(_ stream: UnsafePointer<AVStream>) {
        timeBase = stream.pointee.time_base
        isTimedText = stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_MOV_TEXT
    }

    /// Takes the track's next packet. What would pile up is left out.
    func append(_ packet: Packet) { if !packets.isFull { packets.append(packet) } }

    /// No more packets will come.
    func finish() { hasEnded = true }

    /// Whether all is there that the track has for a picture at a time, in seconds.
    func isReady(for time: Double, within tolerance: Double) throws(CaptureError) -> Bool {
        try records.isReady(for: time, within: tolerance, next)
    }

    /// That of the picture that was looked at last; nil: the track has none.
    func takeRecord() -> KeptRecord? { records.take() }

    /// What is no record is left out, as the empty texts that fill gaps in MP4.
    private func next() -> TimeMatch<KeptRecord>.Step {
        while let packet = packets.popFirst() {
            defer { withExtendedLifetime(packet) {} }
            let av = packet.av.pointee
            guard let time = knownTime(av.pts) ?? knownTime(av.dts), let data = av.data, av.size > 0 else { continue }
            let bytes = UnsafeBufferPointer(start: data, count: Int(av.size))
            guard let record = KeptRecord(packet: bytes, isTimedText: isTimedText) else { continue }
            for (id, name) in record.names where names.count < Self.mostNames { names[id] = name }
            return .element(record, at: Double(time) * av_q2d(timeBase))
        }
        return hasEnded ? .end : .nothingYet
    }

    /// No classifier has so many classes.
    private static let mostNames = 1_000_000
}
