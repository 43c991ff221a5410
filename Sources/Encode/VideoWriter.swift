import CFFmpeg
import Pipeline

/// Encodes pictures, and muxes them with the auxiliary packets into one file.
final class VideoWriter: FrameSink, @unchecked Sendable {  // safe: one stage uses it at a time
    private(set) var notes: [EncodeNote]

    private var file: TemporaryFile
    private let source: ConvertingEncoder
    private let muxer: Muxer
    private let videoStream: Int
    private let copies: StreamCopies
    private var framesWritten = 0
    private var isOpen = true

    /// Creates the file and writes its beginning.
    init(
        _ config: EncodeConfig, _ plan: OutputPlan, _ container: UnsafePointer<AVOutputFormat>, _ format: VideoFormat,
        auxiliaryStreams: [AuxiliaryStream], packets: PacketQueue, metadata: OutputMetadata
    ) throws(EncodeError) {
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
        copies = StreamCopies(packets, muxer)
        if config.copyStreams { try copies.add(auxiliaryStreams, into: ending) }
        notes += copies.notes
        try muxer.start()
    }

    func write(_ frame: consuming Frame) throws(EncodeError) {
        precondition(isOpen)
        do throws(EncodeError) {
            try copies.takePackets()
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
            try copies.takePackets()
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
        if copies.leftOutPackets > 0 { notes.append(.packetsLeftOut(count: copies.leftOutPackets)) }
    }

    func abandon() {
        isOpen = false
        file.remove()
    }

    private func mux(_ packet: UnsafeMutablePointer<AVPacket>) throws(EncodeError) {
        try muxer.write(packet, stream: videoStream, timeBase: source.encoder.timeBase)
    }
}
