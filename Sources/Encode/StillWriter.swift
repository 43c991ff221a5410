import CFFmpeg
import Pipeline

/// Encodes each picture to a file of its own: one, or a numbered sequence. Each is complete or not there.
final class StillWriter: FrameSink, @unchecked Sendable {  // safe: one stage uses it at a time
    let notes: [EncodeNote]

    private let names: PictureNames
    private let mayReplace: Bool
    private let source: ConvertingEncoder
    private let packets: PacketQueue
    private var framesTaken = 0
    private var filesWritten = 0
    /// A single picture waits under its temporary name for `finish`, since a second one would be an error.
    private var single: TemporaryFile?
    private var isOpen = true

    init(
        _ config: EncodeConfig, _ plan: OutputPlan, _ format: VideoFormat, auxiliaryStreams: [AuxiliaryStream],
        packets: PacketQueue
    ) throws(EncodeError) {
        self.packets = packets
        names = PictureNames(plan.path)
        mayReplace = config.force
        // Found now rather than after the first picture.
        single = try TemporaryFile(for: names.path(number: PictureNames.first), replacing: mayReplace)
        if names.isSequence { single = nil }
        source = try ConvertingEncoder(plan.codec, config, format, container: nil, path: plan.path)
        let leftOut = config.copyStreams ? auxiliaryStreams.count : 0
        notes = source.notes + (leftOut > 0 ? [.picturesHoldNoStreams(count: leftOut)] : [])
    }

    func write(_ frame: consuming Frame) throws(EncodeError) {
        precondition(isOpen)
        // Nobody else empties the queue.
        _ = packets.takeAll()
        do throws(EncodeError) {
            guard names.isSequence || framesTaken == 0 else { throw .onePictureOnly(path: names.pattern) }
            framesTaken += 1
            try source.encode(frame) { packet throws(EncodeError) in try writeFile(packet) }
        } catch {
            abandon()
            throw error
        }
    }

    func finish() throws(EncodeError) {
        guard isOpen else { return }
        do throws(EncodeError) {
            try source.encoder.flush { packet throws(EncodeError) in try writeFile(packet) }
            guard filesWritten > 0 else { throw .noFrames(path: names.pattern) }
            try single?.flushToDisk()
            try single?.putInPlace()
        } catch {
            abandon()
            throw error
        }
        isOpen = false
        flushFolderToDisk(names.pattern.folder)
    }

    /// Pictures of a sequence that are complete already stay.
    func abandon() {
        isOpen = false
        single = nil
    }

    private func writeFile(_ packet: UnsafeMutablePointer<AVPacket>) throws(EncodeError) {
        let bytes = UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        if names.isSequence {
            var file = try TemporaryFile(
                for: names.path(number: PictureNames.first + filesWritten), replacing: mayReplace)
            try file.write(bytes)
            try file.putInPlace()
        } else {
            try single?.write(bytes)
        }
        filesWritten += 1
    }
}
