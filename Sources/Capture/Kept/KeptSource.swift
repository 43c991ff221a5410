import CFFmpeg
package import Kept
package import Pipeline

/// A recording that was kept with its heat: the pictures of its video, each with what was seen in it when it was made.
///
/// Heats and records find their picture by its time. One demuxer reads all streams once, and shifts the times of all alike.
package final class KeptSource: @unchecked Sendable {  // safe: one thread at a time
    package var facts: KeptFacts { seen.facts }
    /// The video itself, and what goes with it: without the tracks that are read here.
    package let source: FileSource
    /// Pictures whose heat is not there.
    private var framesWithoutHeat = 0

    private let reader: FrameReader
    private let seen: SeenBeside
    private let methods: [MapMethod]

    /// Opens the file and decodes its first picture.
    ///
    /// - Parameter interrupt: ends a blocking read; `next()` then returns nil.
    package init(_ config: CaptureConfig, interrupt: Interrupt) throws(CaptureError) {
        try SeenBeside.checkThatItIsAFile(config.input)
        let clock = LinuxClock()
        let demuxer = try Demuxer(config, CallWatch(interrupt, clock))
        let seen = try SeenBeside(demuxer)
        self.seen = seen
        let facts = seen.facts
        var config = config
        config.videoStream = facts.video
        reader = try FrameReader(demuxer, config, clock, beside: seen.streams)
        methods = facts.heat.map { MapMethod(name: $0.method, title: $0.methodTitle) }
        source = try FileSource(reader)
        guard (source.format.width, source.format.height) == (facts.width, facts.height) else {
            throw .kept(
                input: demuxer.location.name,
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
        while try !seen.isReady(for: time) {
            guard try reader.readAhead() else {
                // What the file has for it was not read any more.
                if reader.isInterrupted { return nil }
                break
            }
            takePackets()
        }
        let (record, maps) = seen.take()
        guard let record else {
            framesWithoutHeat += 1
            return Explained(frame: frame, top: [], observations: [])
        }
        if maps.prefix(record.heatCount).contains(where: { $0 == nil }) { framesWithoutHeat += 1 }
        return record.explained(
            frame, names: seen.names, maps: maps, methods: methods, reading: facts.reading, level: facts.level)
    }

    /// What is known at the end only.
    package func takeWarnings() -> [CaptureWarning] {
        defer { framesWithoutHeat = 0 }
        return framesWithoutHeat > 0 ? [.withoutHeat(frames: framesWithoutHeat, of: source.framesRead)] : []
    }

    private func takePackets() {
        for packet in reader.beside.takeAll() { seen.append(packet) }
        if reader.isAtEnd { seen.finish() }
    }
}
