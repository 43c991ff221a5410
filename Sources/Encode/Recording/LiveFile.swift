import CFFmpeg
import Pipeline

/// One file of a live recording, from its first picture on. What is older than a second can be read from it at any time.
final class LiveFile: @unchecked Sendable {  // safe: the recorder uses it, under its lock
    let file: RecordingFile
    let container: LiveContainer
    let notes: [EncodeNote]
    /// Of the first picture, in microseconds.
    let start: Int64
    private let format: VideoFormat
    private let source: ConvertingEncoder
    private var muxer: Muxer?
    private let sync: FileSync

    /// When key pictures are due, and when fragments are: most encoders hand over a picture at once, some later.
    private var pictures: FragmentClock
    private var packets: FragmentClock
    private(set) var framesWritten = 0
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
    ///   - start, wall: when the first picture was taken, by its own time and in microseconds since 1970.
    init(
        _ config: EncodeConfig, _ plan: OutputPlan, _ format: VideoFormat, target: String,
        metadata: OutputMetadata, start: Int64, wall: Int64, syncThread: StageThread
    ) throws(EncodeError) {
        guard case .video(let output) = plan.target else { throw .notForLive(path: plan.path) }
        container = try LiveContainer(output, path: plan.path)
        guard let held = av_packet_alloc() else {
            throw .encodingFailed(path: plan.path, cause: .outOfMemory("av_packet_alloc"))
        }
        self.held = held
        self.format = format
        self.start = start
        file = try RecordingFile(for: target)
        do throws(EncodeError) {
            source = try ConvertingEncoder(plan, config, format, container: output, mode: .live)
            let muxer = try Muxer(output, temporaryPath: file.path, path: target)
            var tags = metadata.container
            tags["creation_time"] = WallClock.iso8601(wall)
            muxer.add(tags)
            _ = try muxer.addVideo(from: source.encoder, metadata: metadata.video)
            try muxer.start(container.options)
            bytes = try muxer.flush()
            self.muxer = muxer
        } catch {
            file.remove()
            throw error
        }
        notes = source.notes
        let rate = format.frameRate
        let interval = rate.num > 0 && rate.den > 0 ? Int64(1_000_000 * Double(rate.den) / Double(rate.num)) : 40_000
        pictures = FragmentClock(interval: interval)
        packets = FragmentClock(interval: interval)
        sync = FileSync(file.path, on: syncThread)
    }

    deinit {
        var dying: UnsafeMutablePointer<AVPacket>? = held
        av_packet_free(&dying)
    }

    /// Whether pictures of this format can go on in this file.
    func takes(_ other: VideoFormat) -> Bool { format.isSame(as: other) }

    /// What went wrong with the file since the last call, without the muxer noticing.
    func trouble() -> EncodeError? {
        if file.isGone { return .recordingDeleted(path: file.target) }
        return sync.takeFailure().map { .file($0, file.target) }
    }

    /// - Throws: `EncodeError`; nothing more can be written then, and `close` keeps what is good.
    func write(_ frame: consuming Frame, at time: Int64) throws(EncodeError) {
        let isKey = pictures.begins(at: time)
        do throws(EncodeError) {
            try source.encode(frame, asKey: isKey) { packet throws(EncodeError) in try mux(packet) }
        } catch {
            muxer = nil
            throw error
        }
        framesWritten += 1
        seconds = Double(time - start + pictures.interval) / 1_000_000
    }

    /// Completes the file under its hidden name.
    ///
    /// - Returns: whether it is whole. If not, it ends with the last fragment that is.
    func close() -> Bool {
        do throws(EncodeError) {
            guard let muxer else { throw .recordingDeleted(path: file.target) }
            try source.encoder.flush { packet throws(EncodeError) in try mux(packet) }
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

    private func mux(_ packet: UnsafeMutablePointer<AVPacket>) throws(EncodeError) {
        guard let muxer else { return }
        if isHolding { held.pointee.duration = packet.pointee.dts - held.pointee.dts }
        try writeHeld(muxer)
        let time = av_rescale_q(packet.pointee.dts, source.encoder.timeBase, AVRational(num: 1, den: 1_000_000))
        if packets.begins(at: time), packetsWritten > packetsFlushed { try endFragment(muxer) }
        av_packet_move_ref(held, packet)
        isHolding = true
    }

    private func writeHeld(_ muxer: Muxer) throws(EncodeError) {
        guard isHolding else { return }
        isHolding = false
        try muxer.write(held, stream: 0, timeBase: source.encoder.timeBase)
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

extension VideoFormat {
    /// Whether one encoder can take pictures of both.
    fileprivate func isSame(as other: VideoFormat) -> Bool {
        (width, height, pixelFormat.rawValue) == (other.width, other.height, other.pixelFormat.rawValue)
            && colour.codes == other.colour.codes
            && av_cmp_q(timeBase, other.timeBase) == 0
            && sampleAspectRatio.num == other.sampleAspectRatio.num
            && sampleAspectRatio.den == other.sampleAspectRatio.den
    }
}

extension ColourTags {
    fileprivate var codes: [UInt32] {
        [range.rawValue, matrix.rawValue, primaries.rawValue, transfer.rawValue, chromaLocation.rawValue]
    }
}
