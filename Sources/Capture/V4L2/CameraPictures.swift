import CFFmpeg
import CV4L2
import Pipeline

/// Makes frames of the buffers that a camera has filled: raw pictures are lent, compressed ones are decoded.
final class CameraPictures {
    private let queue: BufferQueue
    private let format: CameraFormat
    private let system: any VideoSystem
    private let counters: CameraCounters
    private let decoder: VideoDecoder?
    /// Takes the packets that are decoded; nil: nobody copies them.
    let tap: PacketTap?
    /// What the decoder gives out.
    private let decoded: UnsafeMutablePointer<AVFrame>
    private var clock: CameraClock
    private var copies = ReusedPool()

    /// - Parameter keepsVideo: whether packets are handed on, too.
    init(
        _ queue: BufferQueue, _ format: CameraFormat, _ system: any VideoSystem, _ counters: CameraCounters,
        keepsVideo: Bool
    ) throws(FFmpegError) {
        decoder = try Self.decoder(for: format.mode.pixelFormat)
        if keepsVideo, case .compressed(let codec) = format.mode.pixelFormat.coding {
            tap = try PacketTap(codec, format.mode.size, frameRate: format.frameRate)
        } else {
            tap = nil
        }
        guard let decoded = av_frame_alloc() else { throw .outOfMemory("av_frame_alloc") }
        self.decoded = decoded
        self.queue = queue
        self.format = format
        self.system = system
        self.counters = counters
        clock = CameraClock(monotonic: system.monotonicTime, wall: system.wallTime)
    }

    deinit {
        var dying: UnsafeMutablePointer<AVFrame>? = decoded
        av_frame_free(&dying)
    }

    /// Some pictures are missing: what builds on them is none.
    func noteGap() {
        if !format.mode.pixelFormat.isIntraOnly { decoder?.restart() }
    }

    /// Makes a frame of a filled buffer, which is given back now, or when the frame is freed.
    ///
    /// - Returns: nil if the picture was damaged, or the decoder wants more first.
    func frame(
        of filled: BufferQueue.Filled, _ timeline: inout LiveTimeline
    ) throws(FFmpegError) -> Frame? {
        clock.follow(system)
        let guessedBefore = clock.guessed
        let time = clock.time(stamp: filled.time, now: system.monotonicTime)
        if clock.guessed > guessedBefore { counters.countGuessedTime() }
        guard let decoder else { return try rawPicture(filled, time, &timeline) }
        defer { queue.giveBack(filled.index) }
        if let packet = try packet(of: filled, time) {
            try tap?.pass(packet.av, at: time)
            if decoder.send(packet.av) != nil { counters.countDamaged() }
        }
        return decodedFrame(&timeline)
    }

    /// Gives back a filled buffer that is not decoded, as a newer one is there. Whoever copies the packets gets it.
    func passOver(_ filled: BufferQueue.Filled) {
        defer { queue.giveBack(filled.index) }
        guard let tap else { return }
        let time = clock.time(stamp: filled.time, now: system.monotonicTime)
        // Where memory is out, the picture that is taken tells it.
        if let packet = try? packet(of: filled, time) { try? tap.pass(packet.av, at: time) }
    }

    /// A copy of a buffer's bytes, with the zeros behind it that decoders may read.
    private func packet(of filled: BufferQueue.Filled, _ time: CaptureTime) throws(FFmpegError) -> Packet? {
        try queue.withBytes(of: filled) { (bytes) throws(FFmpegError) in
            guard let av = av_packet_alloc() else { throw .outOfMemory("av_packet_alloc") }
            let packet = Packet(adopting: av)
            guard av_new_packet(av, Int32(bytes.count)) == 0 else { throw .outOfMemory("av_new_packet") }
            UnsafeMutableRawPointer(av.pointee.data).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
            (av.pointee.pts, av.pointee.dts) = (time.monotonic, time.monotonic)
            return packet
        }
    }

    /// A frame that the decoder has ready; nil: none, or nothing is decoded.
    func decodedFrame(_ timeline: inout LiveTimeline) -> Frame? {
        guard let decoder else { return nil }
        switch decoder.receive(into: decoded) {
        case .wantsPacket, .end: return nil
        case .damaged:
            counters.countDamaged()
            return nil
        case .picture:
            guard let av = av_frame_alloc() else { return nil }
            av_frame_move_ref(av, decoded)
            // The decoder has hidden the damage as well as it could: better shown than left out, but to be told.
            if av.pointee.decode_error_flags != 0 { counters.countMended() }
            return frame(av, clock.time(monotonic: av.pointee.best_effort_timestamp), &timeline)
        }
    }

    /// A picture in the driver's memory, lent; a copy, when the driver has too few buffers left to go on with.
    private func rawPicture(
        _ filled: BufferQueue.Filled, _ time: CaptureTime, _ timeline: inout LiveTimeline
    ) throws(FFmpegError) -> Frame? {
        guard case .raw(let pixelFormat) = format.mode.pixelFormat.coding else { return nil }
        guard let reference = try queue.lend(filled) else { return nil }
        guard let av = av_frame_alloc() else {
            var dying: UnsafeMutablePointer<AVBufferRef>? = reference
            av_buffer_unref(&dying)
            throw .outOfMemory("av_frame_alloc")
        }
        av.pointee.buf.0 = reference
        av.pointee.format = pixelFormat.rawValue
        av.pointee.width = Int32(format.mode.size.width)
        av.pointee.height = Int32(format.mode.size.height)
        format.colour.apply(to: av)
        let rowBytes = Int(av_image_get_linesize(pixelFormat, av.pointee.width, 0))
        let bytesPerRow = max(format.bytesPerRow, rowBytes)
        let size = Int(shim_show_picture(av, reference.pointee.data, Int32(bytesPerRow)))
        guard size > 0, min(filled.byteCount, Int(reference.pointee.size)) >= size - (bytesPerRow - rowBytes) else {
            counters.countDamaged()
            var dying: UnsafeMutablePointer<AVFrame>? = av
            av_frame_free(&dying)
            return nil
        }
        if Self.interlacedFields.contains(filled.field) { shim_set_interlaced(av) }
        let lent = frame(av, time, &timeline)
        return queue.inDriver >= Self.reserve ? lent : try copy(lent)
    }

    private func copy(_ lent: consuming Frame) throws(FFmpegError) -> Frame {
        let copied = try copies.frame(
            VideoFormat(
                width: lent.width, height: lent.height, pixelFormat: lent.pixelFormat, colour: format.colour,
                timeBase: lent.timeBase), timedLike: lent)
        try FFmpegError.check(av_frame_copy(copied.av, lent.av), "av_frame_copy")
        if shim_is_interlaced(lent.av) != 0 { shim_set_interlaced(copied.av) }
        return copied
    }

    private func frame(
        _ av: UnsafeMutablePointer<AVFrame>, _ time: CaptureTime, _ timeline: inout LiveTimeline
    ) -> Frame {
        let (index, pts, duration) = timeline.place(time)
        av.pointee.pts = pts
        shim_set_frame_duration(av, duration)
        av.pointee.pict_type = AV_PICTURE_TYPE_NONE
        return Frame(
            adopting: av, index: index, pts: pts, duration: duration, timeBase: LiveTimeline.timeBase, captured: time)
    }

    private static func decoder(for format: CameraPixelFormat) throws(FFmpegError) -> VideoDecoder? {
        guard case .compressed(let codec) = format.coding else { return nil }
        guard let decoder = avcodec_find_decoder(codec) else {
            throw FFmpegError(code: shim_error(ENOSYS), function: "avcodec_find_decoder")
        }
        return try VideoDecoder(live: decoder, timeBase: LiveTimeline.timeBase)
    }

    /// Buffers that stay with the driver, so that it has one to fill while another is taken.
    private static let reserve = 2
    private static let interlacedFields: Set<UInt32> = [
        V4L2_FIELD_INTERLACED.rawValue, V4L2_FIELD_INTERLACED_TB.rawValue, V4L2_FIELD_INTERLACED_BT.rawValue,
    ]
}
