import CFFmpeg
import Pipeline

/// Hands the input's other streams on to a muxer, in another codec only where the container holds no other.
final class StreamCopies {
    /// What is not taken over, or not as it is.
    private(set) var notes: [EncodeNote] = []
    /// Packets that the container does not take.
    private(set) var leftOutPackets = 0

    private let packets: PacketQueue
    private let muxer: Muxer
    /// The input's own time of what is counted from 0 in the packets, in microseconds.
    private let start: Int64
    /// Those that came before the muxer could take any.
    private var waiting: [Packet] = []
    /// By the packets' `stream_index`.
    private var copies: [Int: Copy] = [:]

    /// Where a stream's packets go, and the unit of their times.
    private struct Copy {
        let stream: Int
        let timeBase: AVRational
        /// Added to their times.
        let shift: Int64
        /// For subtitles that the container holds in another codec only.
        let converter: SubtitleConverter?
        /// Whether the input's own video is meant: without a time, nobody would find its pictures again.
        let isVideo: Bool
    }

    /// - Parameter start: the input's own time of what is counted from 0, in microseconds; 0: times stay as they are counted.
    init(_ packets: PacketQueue, _ muxer: Muxer, start: Int64 = 0) {
        (self.packets, self.muxer, self.start) = (packets, muxer, start)
    }

    /// The first frame's time, in the input's own time.
    func shifted(_ time: Int64, _ timeBase: AVRational) -> Int64 { time + shift(timeBase) }

    private func shift(_ timeBase: AVRational) -> Int64 {
        av_rescale_q(start, AVRational(num: 1, den: AV_TIME_BASE), timeBase)
    }

    /// Adds the input's video as it is.
    ///
    /// - Returns: its number in the output.
    /// - Throws: `.cannotKeep` if the container does not hold it.
    func add(_ original: OriginalVideo, into container: String) throws(EncodeError) -> Int {
        guard let stream = try muxer.add(original.stream) else {
            throw .cannotKeep(
                original.stream.codecName, container: container, fits: Holding.endings(for: original.stream))
        }
        let timeBase = original.stream.timeBase
        copies[original.position] = Copy(
            stream: stream, timeBase: timeBase, shift: shift(timeBase), converter: nil, isVideo: true)
        return stream
    }

    /// - Parameter isMeant: the others are passed over.
    func add(
        _ auxiliaryStreams: [AuxiliaryStream], into container: String,
        where isMeant: (AuxiliaryStream) -> Bool = { _ in true }
    ) throws(EncodeError) {
        var count: [AVMediaType: Int] = [:]
        for (position, auxiliary) in auxiliaryStreams.enumerated() {
            count[auxiliary.kind, default: 0] += 1
            guard isMeant(auxiliary) else { continue }
            let name = auxiliary.name(number: count[auxiliary.kind]!)
            if let stream = try muxer.add(auxiliary) {
                copies[position] = copy(stream, auxiliary, nil)
            } else if let converter = SubtitleConverter(auxiliary, for: muxer.holding),
                let stream = try muxer.add(converter.result)
            {
                copies[position] = copy(stream, auxiliary, converter)
                notes.append(
                    .subtitlesConverted(stream: name, codec: converter.result.codecName, container: container))
            } else {
                let fits = Holding.endings(for: auxiliary)
                notes.append(.streamLeftOut(stream: name, container: container, fits: fits))
            }
        }
    }

    private func copy(_ stream: Int, _ auxiliary: AuxiliaryStream, _ converter: SubtitleConverter?) -> Copy {
        Copy(
            stream: stream, timeBase: auxiliary.timeBase, shift: shift(auxiliary.timeBase), converter: converter,
            isVideo: false)
    }

    /// Whether one of the packets that have come has a time before this one.
    ///
    /// - Parameter seconds: in the input's own time.
    func begin(before seconds: Double) -> Bool {
        waiting += packets.takeAll()
        return waiting.contains { packet in
            guard let copy = copies[Int(packet.av.pointee.stream_index)], packet.av.pointee.pts != shim_no_pts else {
                return false
            }
            return Double(packet.av.pointee.pts + copy.shift) * av_q2d(copy.timeBase) < seconds
        }
    }

    /// Hands what the demuxer has read meanwhile to the muxer, which puts it in its place by time.
    ///
    /// - Throws: `.videoWithoutTimes`, where the video's packets have none.
    func takePackets() throws(EncodeError) {
        let taken = waiting + packets.takeAll()
        waiting = []
        for packet in taken {
            guard let copy = copies[Int(packet.av.pointee.stream_index)] else { continue }
            if let converter = copy.converter, !converter.convert(packet.av) {
                // Nothing, which QuickTime writes where no text is shown.
                if packet.av.pointee.size > 2 { leftOutPackets += 1 }
                continue
            }
            if packet.av.pointee.pts != shim_no_pts { packet.av.pointee.pts += copy.shift }
            if packet.av.pointee.dts != shim_no_pts { packet.av.pointee.dts += copy.shift }
            if copy.isVideo, packet.av.pointee.pts == shim_no_pts { throw .videoWithoutTimes }
            if try !muxer.copy(packet.av, stream: copy.stream, timeBase: copy.timeBase) { leftOutPackets += 1 }
        }
    }
}

extension AuxiliaryStream {
    fileprivate var kind: AVMediaType { parameters.pointee.codec_type }

    /// Whether readers number it behind all tracks, wherever it was added: attachments in Matroska, covers in MP4.
    var standsLast: Bool {
        kind == AVMEDIA_TYPE_ATTACHMENT || disposition & AV_DISPOSITION_ATTACHED_PIC != 0
    }

    /// Whether players turn or mirror its pictures.
    var isTurned: Bool {
        sideData.contains { piece in
            guard piece.kind == AV_PKT_DATA_DISPLAYMATRIX, piece.bytes.count >= 36 else { return false }
            let matrix = piece.bytes.withUnsafeBytes { $0.loadUnaligned(as: (Int32, Int32, Int32, Int32, Int32).self) }
            // 1 is 0x10000.
            return matrix.0 <= 0 || matrix.1 != 0 || matrix.3 != 0 || matrix.4 <= 0
        }
    }

    var codecName: String { String(cString: avcodec_get_name(parameters.pointee.codec_id)) }

    /// The container's four letters, by which people know kinds of data; nil: it has none.
    private var tagName: String? {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: parameters.pointee.codec_tag >> (8 * $0)) }
        return letters.allSatisfy { (0x21...0x7e).contains($0) } ? String(decoding: letters, as: UTF8.self) : nil
    }

    /// Such as "audio stream 2 (aac, eng)".
    fileprivate func name(number: Int) -> String {
        let kindName = av_get_media_type_string(kind).map { String(cString: $0) } ?? "data"
        if kind == AVMEDIA_TYPE_ATTACHMENT, let file = av_dict_get(metadata, "filename", nil, 0) {
            return "attachment \(number) (\(String(cString: file.pointee.value)))"
        }
        let codec = kind == AVMEDIA_TYPE_DATA ? tagName ?? codecName : codecName
        let language = av_dict_get(metadata, "language", nil, 0).map { String(cString: $0.pointee.value) }
        // QuickTime's word for none.
        let details = [codec] + [language].compactMap { $0 == "und" ? nil : $0 }
        return "\(kindName) stream \(number) (\(details.joined(separator: ", ")))"
    }
}
