import CFFmpeg
import Pipeline

/// One file of a live recording, from its first packet on. What is older than a second can be read from it at any time.
final class LiveFile: @unchecked Sendable {  // safe: the recorder uses it, under its lock
    let file: RecordingFile
    let container: LiveContainer
    /// Of the first picture, in microseconds.
    let start: Int64
    private(set) var format: EncodedFormat
    private var muxer: Muxer?
    /// nil: headers stand in front of the file, and nowhere else.
    private let headers: InBandHeaders?
    private let sync: FileSync

    /// The packet time that is the file's 0.
    private var origin: Int64
    private var lastTime: Int64
    /// From the picture before the last to the last; before that, what the source promises. In microseconds.
    private var interval: Int64
    private(set) var packetsTaken = 0
    private var packetsWritten = 0
    /// The last packet, which waits for the next to know how long its picture is shown; MP4 wants it exactly.
    private let held: UnsafeMutablePointer<AVPacket>
    private var isHolding = false
    /// What can be read from the file: packets, and its length.
    private(set) var packetsFlushed = 0
    private(set) var bytes = 0
    /// Fragments that are complete.
    private(set) var fragments = 0
    /// From the first picture to the last one's end.
    private(set) var seconds = 0.0

    /// Creates the file and writes its beginning.
    ///
    /// - Parameters:
    ///   - target: the name that it will get.
    ///   - first: the packet that it will begin with, which is not written yet.
    init(
        _ output: UnsafePointer<AVOutputFormat>, target: String, metadata: OutputMetadata, first: EncodedPacket,
        syncThread: StageThread
    ) throws(EncodeError) {
        container = try LiveContainer(output, path: target)
        guard let held = av_packet_alloc() else {
            throw .encodingFailed(path: target, cause: .outOfMemory("av_packet_alloc"))
        }
        self.held = held
        format = first.format
        start = first.picture.time
        (origin, lastTime) = (first.av.pointee.pts, start)
        interval = first.format.frameRate.microseconds
        file = try RecordingFile(for: target)
        do throws(EncodeError) {
            let muxer = try Muxer(output, temporaryPath: file.path, path: target)
            var tags = metadata.container
            tags["creation_time"] = WallClock.iso8601(first.picture.wall)
            muxer.add(tags)
            _ = try muxer.addVideo(first.format, metadata: metadata.video)
            try muxer.start(container.options)
            bytes = try muxer.flush()
            self.muxer = muxer
            do throws(FFmpegError) {
                headers = output.pointee.flags & AVFMT_GLOBALHEADER == 0 ? try InBandHeaders(first.format) : nil
            } catch {
                throw .encodingFailed(path: target, cause: error)
            }
        } catch {
            file.remove()
            throw error
        }
        sync = FileSync(file.path, on: syncThread)
    }

    deinit {
        var dying: UnsafeMutablePointer<AVPacket>? = held
        av_packet_free(&dying)
    }

    /// Whether the file can go on with this packet: of the same encoder, or of one that makes the same from later pictures.
    func takes(_ packet: EncodedPacket) -> Bool {
        if packet.format === format { return true }
        return packet.format.continues(format) && packet.picture.time >= lastTime - 1_000_000
    }

    /// What went wrong with the file since the last call, without the muxer noticing.
    func trouble() -> EncodeError? {
        if file.isGone { return .recordingDeleted(path: file.target) }
        return sync.takeFailure().map { .file($0, file.target) }
    }

    /// - Throws: `EncodeError`; nothing more can be written then, and `close` keeps what is good.
    func write(_ packet: EncodedPacket) throws(EncodeError) {
        let time = packet.picture.time
        if packet.format !== format {
            // Its times begin anew.
            let passed = av_rescale_q(
                time - start, AVRational(num: 1, den: 1_000_000), packet.format.timeBase)
            (format, origin) = (packet.format, packet.av.pointee.pts - passed)
        }
        do throws(EncodeError) {
            try mux(packet)
        } catch {
            muxer = nil
            throw error
        }
        packetsTaken += 1
        if time > lastTime { interval = time - lastTime }
        lastTime = max(lastTime, time)
        seconds = Double(lastTime - start + interval) / 1_000_000
    }

    /// Completes the file under its hidden name.
    ///
    /// - Returns: whether it is whole. If not, it ends with the last fragment that is.
    func close() -> Bool {
        do throws(EncodeError) {
            guard let muxer else { throw .recordingDeleted(path: file.target) }
            try writeHeld(muxer)
            bytes = try muxer.flush()
            packetsFlushed = packetsWritten
            try muxer.finish()
            self.muxer = nil
            return true
        } catch {
            // First, so that nothing comes behind what is cut.
            muxer = nil
            file.truncate(to: bytes)
            return false
        }
    }

    private func mux(_ packet: EncodedPacket) throws(EncodeError) {
        guard let muxer else { return }
        if isHolding { held.pointee.duration = packet.av.pointee.dts - origin - held.pointee.dts }
        try writeHeld(muxer)
        if packet.beginsFragment, packetsWritten > packetsFlushed { try endFragment(muxer) }
        do throws(FFmpegError) {
            try packet.reference(in: held)
            held.pointee.pts -= origin
            held.pointee.dts -= origin
            try headers?.apply(to: held)
        } catch {
            throw .encodingFailed(path: file.target, cause: error)
        }
        isHolding = true
    }

    private func writeHeld(_ muxer: Muxer) throws(EncodeError) {
        guard isHolding else { return }
        isHolding = false
        try muxer.write(held, stream: 0, timeBase: format.timeBase)
        av_packet_unref(held)
        packetsWritten += 1
    }

    private func endFragment(_ muxer: Muxer) throws(EncodeError) {
        bytes = try muxer.flush()
        packetsFlushed = packetsWritten
        fragments += 1
        sync.request()
    }
}
