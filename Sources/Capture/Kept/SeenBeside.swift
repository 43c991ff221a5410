import CFFmpeg
import Kept
import Pipeline

/// What a kept recording has beside its video: heats and records, each found by the time of its picture. For use by one thread
/// at a time.
final class SeenBeside {
    let facts: KeptFacts

    private let heat: [Int32: HeatReader]
    /// In the order of the facts.
    private let tracks: [HeatReader]
    private let records: RecordReader
    /// Seconds by which rounding may move a time.
    private let tolerance: Double

    /// - Parameter demuxer: of a file that anybody may have made.
    init(_ demuxer: Demuxer) throws(CaptureError) {
        let (name, streams) = (demuxer.location.name, demuxer.streams)
        do {
            facts = try KeptFacts(
                hostile: metadataTags(demuxer.context.pointee.metadata), streams: streams.map(\.ofKept))
        } catch {
            throw .kept(input: name, error)
        }
        var tracks: [HeatReader] = []
        for track in facts.heat { tracks.append(try HeatReader(streams[track.stream], track, input: name)) }
        self.tracks = tracks
        heat = Dictionary(uniqueKeysWithValues: zip(facts.heat.map { Int32($0.stream) }, tracks))
        records = RecordReader(streams[facts.records])
        // Where units differ, times are rounded to halves of both, and the finer one is half of the coarser one at most.
        let units = ([facts.video, facts.records] + facts.heat.map(\.stream)).map { streams[$0].pointee.time_base }
        tolerance = 0.8 * (units.map(av_q2d).max() ?? 0)
    }

    /// Which streams these are in the file.
    var streams: StreamsBeside {
        StreamsBeside(wanted: Set(heat.keys).union([Int32(facts.records)]), unwanted: [Int32(facts.labels)])
    }

    /// Takes the next packet of a stream that is wanted, by the number that it has in the file.
    func append(_ packet: Packet) {
        if let track = heat[packet.av.pointee.stream_index] { track.append(packet) } else { records.append(packet) }
    }

    /// No more packets will come.
    func finish() {
        for track in tracks { track.finish() }
        records.finish()
    }

    /// Whether all has been read that the file has for a picture, in seconds. Pictures are asked for in the order of their times.
    func isReady(for time: Double) throws(CaptureError) -> Bool {
        for track in tracks {
            guard try track.isReady(for: time, within: tolerance) else { return false }
        }
        return try records.isReady(for: time, within: tolerance)
    }

    /// That of the picture that was looked at last, a map a track; nil: there is none.
    func take() -> (record: KeptRecord?, maps: [Heatmap?]) { (records.takeRecord(), tracks.map { $0.takeMap() }) }

    /// Of all classes that records have named so far.
    var names: [Int: String] { records.names }

    /// Cameras, streams and drawn scenes are refused before anything waits for them.
    static func checkThatItIsAFile(_ input: String) throws(CaptureError) {
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
