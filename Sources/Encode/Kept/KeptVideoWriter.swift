import CFFmpeg
package import Kept
package import Pipeline

/// Copies a recording's packets as they are, and puts beside them what was seen: heat, labels and records, each as tracks.
package final class KeptVideoWriter: @unchecked Sendable {  // safe: one stage uses it at a time
    /// What the file does not have as the input has it; complete after `finish`.
    package private(set) var notes: [EncodeNote] = []

    /// Of the run, as the file will tell it.
    package struct Origin: Sendable {
        package var camstream: String
        package var model: KeptFacts.Model
        /// What makes the maps, a method a track, or one for all of them.
        package var methods: [MapMethod]
        /// The tensors that each of them maps; none where it maps the picture itself.
        package var layers: [[String]]
        package var settings: [String: JSONValue]

        package init(
            camstream: String, model: KeptFacts.Model, methods: [MapMethod], layers: [[String]],
            settings: [String: JSONValue]
        ) {
            (self.camstream, self.model, self.methods) = (camstream, model, methods)
            (self.layers, self.settings) = (layers, settings)
        }
    }

    /// Tells the facts once they are known: with the first picture.
    package var onFacts: (@Sendable (KeptFacts) throws(EncodeError) -> Void)?

    private var file: TemporaryFile
    private let path: String
    private let container: UnsafePointer<AVOutputFormat>
    private let original: OriginalVideo
    private let auxiliaryStreams: [AuxiliaryStream]
    private let packets: PacketQueue
    private let metadata: OutputMetadata
    private let format: VideoFormat
    private let origin: Origin
    private var tracks: Tracks?
    private var named: Set<Int> = []
    private var isOpen = true

    /// The file's streams, from the first picture on: until then nobody knows the size of the maps.
    private struct Tracks {
        let muxer: Muxer
        let copies: StreamCopies
        let heat: [HeatTrack]
        let labels: LabelCues
        let records: TextTrack
    }

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - packets: brings those of the original and of the auxiliary streams.
    package init(
        _ config: EncodeConfig, _ original: OriginalVideo, format: VideoFormat, auxiliaryStreams: [AuxiliaryStream],
        packets: PacketQueue, metadata: OutputMetadata, origin: Origin
    ) throws(EncodeError) {
        path = config.output
        container = try Self.container(path)
        (self.original, self.format, self.origin) = (original, format, origin)
        (self.auxiliaryStreams, self.packets, self.metadata) = (auxiliaryStreams, packets, metadata)
        try Self.check(container, original.stream, path)
        file = try TemporaryFile(for: path, replacing: config.force)
    }

    /// Takes the next picture, with its maps.
    ///
    /// - Throws: `EncodeError`, such as `.diskFull`; the unfinished file is removed, and the writer takes no more.
    package func write(_ explained: borrowing Explained) throws(EncodeError) {
        precondition(isOpen)
        do throws(EncodeError) {
            if tracks == nil { try begin(with: explained) }
            guard let tracks else { return }
            try tracks.copies.takePackets()
            let time = tracks.copies.shifted(explained.frame.pts, explained.frame.timeBase)
            let maps = Self.maps(explained)
            for (number, track) in tracks.heat.enumerated() {
                let map = maps.indices.contains(number) ? maps[number] : nil
                try track.write(map, pts: time, like: explained.frame, path: path)
            }
            let duration = explained.frame.duration
            try tracks.labels.add(explained, from: time, duration: duration)
            let record = KeptRecord(explained, naming: &named)
            try tracks.records.write(record.line, from: time, duration: duration, path: path)
        } catch {
            abandon()
            throw error
        }
    }

    /// Completes the file and gives it its final name.
    package func finish() throws(EncodeError) {
        guard isOpen else { return }
        do throws(EncodeError) {
            guard let tracks else { throw .noFrames(path: file.target) }
            try tracks.copies.takePackets()
            for track in tracks.heat { try track.finish() }
            try tracks.labels.finish()
            try tracks.muxer.finish()
            try file.flushToDisk()
            try file.putInPlace()
            if tracks.copies.leftOutPackets > 0 { notes.append(.packetsLeftOut(count: tracks.copies.leftOutPackets)) }
        } catch {
            abandon()
            throw error
        }
        isOpen = false
        flushFolderToDisk(file.target.folder)
    }

    /// Gives up: the unfinished file is removed. So it is when the writer dies without `finish`.
    package func abandon() {
        isOpen = false
        tracks = nil
        file.remove()
    }

    // MARK: -

    private func begin(with first: borrowing Explained) throws(EncodeError) {
        let muxer = try Muxer(container, temporaryPath: file.path, path: path)
        let ending = ".\(path.fileExtension)"
        let copies = StreamCopies(packets, muxer, start: original.start)
        let video = try copies.add(original, into: ending)
        try copies.add(auxiliaryStreams, into: ending) { !$0.standsLast }
        if muxer.holding.hasChapters { try muxer.add(chapters) }
        let heat = try heatTracks(muxer, first)
        let unit = first.frame.timeBase
        let labels = try TextTrack(muxer, title: "camstream: what the heat is about", timeBase: unit, path: path)
        let records = try TextTrack(muxer, title: "camstream: records (JSON)", timeBase: unit, path: path)
        // Last, so that the facts' numbers are those that readers count.
        try copies.add(auxiliaryStreams, into: ending) { $0.standsLast }
        notes += copies.notes
        let facts = KeptFacts(
            camstream: origin.camstream, model: origin.model, width: format.width, height: format.height, video: video,
            labels: labels.stream, records: records.stream, heat: heat.facts,
            reading: first.reading == .probability ? nil : first.reading,
            level: first.observations.first?.heatmap.level, settings: origin.settings)
        try onFacts?(facts)
        var tags = metadata.container
        let tag = KeptFacts.tags[muxer.holding.isMatroska ? 0 : path.fileExtension == "mov" ? 2 : 1]
        if let own = tags[tag] {
            // A tag of the same meaning, so that it is not lost.
            let free = ["synopsis", "comment", "keywords"].first { tags[$0] == nil && $0 != tag }
            if let free { tags[free] = own }
        }
        tags[tag] = facts.line
        muxer.add(tags)
        try muxer.start(startOptions(muxer.holding, copies))
        tracks = Tracks(
            muxer: muxer, copies: copies, heat: heat.tracks,
            labels: LabelCues(
                labels, longest: av_rescale_q(Self.longestCue, AVRational(num: 1, den: 1), unit), path: path),
            records: records)
    }

    /// A map a track: of each class that is drawn, or the heat of all things that a detector found.
    private static func maps(_ explained: borrowing Explained) -> [Heatmap] {
        explained.reading == .objects
            ? [explained.heat].compactMap(\.self) : explained.observations.map(\.heatmap)
    }

    /// Seconds. The muxer waits for ten for a stream that says nothing.
    private static let longestCue: Int64 = 4

    private func heatTracks(
        _ muxer: Muxer, _ first: borrowing Explained
    ) throws(EncodeError) -> (tracks: [HeatTrack], facts: [KeptFacts.HeatTrack]) {
        var (tracks, facts): ([HeatTrack], [KeptFacts.HeatTrack]) = ([], [])
        // Where there is no map at first, the track is as large as one that is coarse.
        let whole = Region(x: 0, y: 0, width: Double(format.width), height: Double(format.height))
        let none = Heatmap(height: 7, width: 7, values: Array(repeating: 0, count: 49), region: whole)
        let seen = Self.maps(first)
        let maps = seen.isEmpty ? [none] : seen
        for (number, map) in maps.enumerated() {
            let grid = HeatGrid(of: map, pictureWidth: format.width, pictureHeight: format.height)
            let place = min(number, origin.methods.count - 1)
            let (method, layers) = (origin.methods[place], origin.layers[place])
            let title = "camstream: heat\(maps.count > 1 ? " \(number + 1)" : "") (\(method.title))"
            let track = try HeatTrack(muxer, grid, like: format, title: title, path: path)
            tracks.append(track)
            facts.append(
                KeptFacts.HeatTrack(
                    stream: track.stream, method: method.name, methodTitle: method.title, layers: layers,
                    region: map.region, grid: grid))
        }
        return (tracks, facts)
    }

    /// In the input's own time.
    private var chapters: [Chapter] {
        metadata.chapters.map {
            Chapter(start: $0.start + original.start, end: $0.end + original.start, metadata: $0.metadata)
        }
    }

    private func startOptions(_ holding: Holding, _ copies: StreamCopies) -> [String: String] {
        guard holding.isMatroska else { return Muxer.wholeFile }
        // Else players show a subtitle unasked.
        let options = ["default_mode": "passthrough"]
        // FFmpeg would move all streams so that no decoding time is below 0. Matroska has none, and holds times down to -32 s.
        return copies.begin(before: -30) ? options : options.merging(["avoid_negative_ts": "disabled"]) { $1 }
    }
}
