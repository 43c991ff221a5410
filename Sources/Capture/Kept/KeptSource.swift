import CFFmpeg
package import Kept
package import Pipeline

/// A recording that was kept with its heat: the pictures of its video, each with what was seen in it when it was made.
///
/// Heats and records find their picture by its time. One demuxer reads all streams once, and shifts the times of all alike.
package final class KeptSource: @unchecked Sendable {  // safe: one thread at a time
    package let facts: KeptFacts
    /// The video itself, and what goes with it: without the tracks that are read here.
    package let source: FileSource
    /// Pictures whose heat is not there.
    private var framesWithoutHeat = 0

    private let reader: FrameReader
    private let heat: [Int32: HeatReader]
    /// In the order of the facts.
    private let tracks: [HeatReader]
    private let records: RecordReader
    private let methods: [MapMethod]
    /// Seconds by which rounding may move a time.
    private let tolerance: Double

    /// Opens the file and decodes its first picture.
    ///
    /// - Parameter interrupt: ends a blocking read; `next()` then returns nil.
    package init(_ config: CaptureConfig, interrupt: Interrupt) throws(CaptureError) {
        try Self.checkThatItIsAFile(config.input)
        let clock = LinuxClock()
        let demuxer = try Demuxer(config, ReadWatch(interrupt, clock))
        let name = demuxer.location.name
        let streams = demuxer.streams
        do {
            facts = try KeptFacts(
                hostile: metadataTags(demuxer.context.pointee.metadata), streams: streams.map(\.ofKept))
        } catch {
            throw .kept(input: name, error)
        }
        var config = config
        config.videoStream = facts.video
        let numbers = facts.heat.map { Int32($0.stream) }
        reader = try FrameReader(
            demuxer, config, clock,
            beside: StreamsBeside(wanted: Set(numbers + [Int32(facts.records)]), unwanted: [Int32(facts.labels)]))
        var tracks: [HeatReader] = []
        for track in facts.heat { tracks.append(try HeatReader(streams[track.stream], track, input: name)) }
        self.tracks = tracks
        heat = Dictionary(uniqueKeysWithValues: zip(numbers, tracks))
        records = RecordReader(streams[facts.records])
        methods = facts.heat.map { MapMethod(name: $0.method, title: $0.methodTitle) }
        // Where units differ, times are rounded to halves of both, and the finer one is half of the coarser one at most.
        let units = ([facts.video, facts.records] + facts.heat.map(\.stream)).map { streams[$0].pointee.time_base }
        tolerance = 0.8 * (units.map(av_q2d).max() ?? 0)
        source = try FileSource(reader)
        guard (source.format.width, source.format.height) == (facts.width, facts.height) else {
            throw .kept(
                input: name,
                .otherSize(
                    track: "video", said: "\(facts.width)x\(facts.height)",
                    found: "\(source.format.width)x\(source.format.height)"))
        }
    }

    /// The next picture in order of time, with its maps; nil at the end and after an interrupt.
    package func next() throws(CaptureError) -> Explained? {
        guard let frame = try source.next() else { return nil }
        let time = frame.seconds
        takePackets()
        while try !isReady(for: time) {
            guard try reader.readAhead() else {
                // What the file has for it was not read any more.
                if reader.isInterrupted { return nil }
                break
            }
            takePackets()
        }
        let maps = tracks.map { $0.takeMap() }
        guard let record = records.takeRecord() else {
            framesWithoutHeat += 1
            return Explained(frame: frame, top: [], observations: [])
        }
        if zip(record.heat, maps).contains(where: { $1 == nil }) { framesWithoutHeat += 1 }
        return record.explained(frame, names: records.names, maps: maps, methods: methods)
    }

    /// What is known at the end only.
    package func takeWarnings() -> [CaptureWarning] {
        defer { framesWithoutHeat = 0 }
        return framesWithoutHeat > 0 ? [.withoutHeat(frames: framesWithoutHeat, of: source.framesRead)] : []
    }

    private func isReady(for time: Double) throws(CaptureError) -> Bool {
        for track in tracks {
            guard try track.isReady(for: time, within: tolerance) else { return false }
        }
        return try records.isReady(for: time, within: tolerance)
    }

    private func takePackets() {
        for packet in reader.beside.takeAll() {
            if let track = heat[packet.av.pointee.stream_index] { track.append(packet) } else { records.append(packet) }
        }
        guard reader.isAtEnd else { return }
        for track in tracks { track.finish() }
        records.finish()
    }

    /// Cameras, streams and drawn scenes are refused before anything waits for them.
    private static func checkThatItIsAFile(_ input: String) throws(CaptureError) {
        let isAddress = if case .address? = try? InputLocation(input) { true } else { false }
        guard !VideoNodes.isCamera(input), !DemoAddress.isMeant(input), !isAddress else {
            throw .kept(input: redacted(input), .notAFile)
        }
    }
}

extension UnsafeMutablePointer<AVStream> {
    fileprivate var ofKept: KeptFacts.Stream {
        let parameters = pointee.codecpar.pointee
        switch parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO: return .pictures(width: Int(parameters.width), height: Int(parameters.height))
        case AVMEDIA_TYPE_SUBTITLE:
            let texts = [AV_CODEC_ID_SUBRIP, AV_CODEC_ID_TEXT, AV_CODEC_ID_MOV_TEXT]
            return texts.contains(parameters.codec_id) ? .text : .other
        default: return .other
        }
    }
}
