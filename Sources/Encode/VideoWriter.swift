import CFFmpeg
import Pipeline

/// Encodes pictures, and muxes them with the auxiliary packets into one file.
final class VideoWriter: FrameSink, @unchecked Sendable {  // safe: one stage uses it at a time
    private(set) var notes: [EncodeNote]

    private var file: TemporaryFile
    private let source: ConvertingEncoder
    private let muxer: Muxer
    private let videoStream: Int
    private let packets: PacketQueue
    /// By the auxiliary stream's position; nil: left out.
    private var copies: [Copy?] = []
    private var leftOutPackets = 0
    private var framesWritten = 0
    private var isOpen = true

    /// Where an auxiliary stream's packets go, and the unit of their times.
    private struct Copy {
        let stream: Int
        let timeBase: AVRational
        /// For subtitles that the container holds in another codec only.
        let converter: SubtitleConverter?
    }

    /// Creates the file and writes its beginning.
    init(
        _ config: EncodeConfig, _ plan: OutputPlan, _ container: UnsafePointer<AVOutputFormat>, _ format: VideoFormat,
        auxiliaryStreams: [AuxiliaryStream], packets: PacketQueue, metadata: OutputMetadata
    ) throws(EncodeError) {
        self.packets = packets
        file = try TemporaryFile(for: plan.path, replacing: config.force)
        source = try ConvertingEncoder(plan.codec, config, format, container: container, path: plan.path)
        muxer = try Muxer(container, temporaryPath: file.path, path: plan.path)
        let ending = ".\(plan.path.fileExtension)"
        notes = source.notes
        muxer.add(metadata.container)
        var tags = metadata.video
        if let timecode = tags["timecode"], !muxer.holding.holds(timecode: timecode, format.frameRate) {
            tags["timecode"] = nil
            notes.append(.timecodeLeftOut(timecode: timecode, container: ending))
        }
        let encoded = try EncodedFormat(of: source.encoder, notes: [], path: plan.path)
        videoStream = try muxer.addVideo(encoded, metadata: tags)
        if muxer.holding.hasChapters {
            try muxer.add(metadata.chapters)
        } else if !metadata.chapters.isEmpty {
            notes.append(.chaptersLeftOut(count: metadata.chapters.count, container: ending))
        }
        if config.copyStreams { try copy(auxiliaryStreams, into: ending) }
        try muxer.start()
    }

    func write(_ frame: consuming Frame) throws(EncodeError) {
        precondition(isOpen)
        do throws(EncodeError) {
            try copyPackets()
            try source.encode(frame) { packet throws(EncodeError) in try mux(packet) }
            framesWritten += 1
        } catch {
            abandon()
            throw error
        }
    }

    func finish() throws(EncodeError) {
        guard isOpen else { return }
        do throws(EncodeError) {
            guard framesWritten > 0 else { throw .noFrames(path: file.target) }
            try copyPackets()
            try source.encoder.flush { packet throws(EncodeError) in try mux(packet) }
            try muxer.finish()
            try file.flushToDisk()
            try file.putInPlace()
        } catch {
            abandon()
            throw error
        }
        isOpen = false
        flushFolderToDisk(file.target.folder)
        if leftOutPackets > 0 { notes.append(.packetsLeftOut(count: leftOutPackets)) }
    }

    func abandon() {
        isOpen = false
        file.remove()
    }

    private func copy(_ auxiliaryStreams: [AuxiliaryStream], into container: String) throws(EncodeError) {
        var count: [AVMediaType: Int] = [:]
        for auxiliary in auxiliaryStreams {
            count[auxiliary.kind, default: 0] += 1
            let name = auxiliary.name(number: count[auxiliary.kind]!)
            if let stream = try muxer.add(auxiliary) {
                copies.append(Copy(stream: stream, timeBase: auxiliary.timeBase, converter: nil))
            } else if let converter = SubtitleConverter(auxiliary, for: muxer.holding),
                let stream = try muxer.add(converter.result)
            {
                copies.append(Copy(stream: stream, timeBase: auxiliary.timeBase, converter: converter))
                notes.append(
                    .subtitlesConverted(stream: name, codec: converter.result.codecName, container: container))
            } else {
                copies.append(nil)
                let fits = Holding.endings(for: auxiliary)
                notes.append(.streamLeftOut(stream: name, container: container, fits: fits))
            }
        }
    }

    private func mux(_ packet: UnsafeMutablePointer<AVPacket>) throws(EncodeError) {
        try muxer.write(packet, stream: videoStream, timeBase: source.encoder.timeBase)
    }

    /// Hands what the demuxer has read meanwhile to the muxer, which puts it in its place by time.
    private func copyPackets() throws(EncodeError) {
        for packet in packets.takeAll() {
            let position = Int(packet.av.pointee.stream_index)
            guard copies.indices.contains(position), let copy = copies[position] else { continue }
            if let converter = copy.converter, !converter.convert(packet.av) {
                // Nothing, which QuickTime writes where no text is shown.
                if packet.av.pointee.size > 2 { leftOutPackets += 1 }
                continue
            }
            if try !muxer.copy(packet.av, stream: copy.stream, timeBase: copy.timeBase) { leftOutPackets += 1 }
        }
    }
}

extension AuxiliaryStream {
    fileprivate var kind: AVMediaType { parameters.pointee.codec_type }

    fileprivate var codecName: String { String(cString: avcodec_get_name(parameters.pointee.codec_id)) }

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
