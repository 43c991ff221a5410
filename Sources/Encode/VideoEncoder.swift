import CFFmpeg
import Pipeline

/// What pictures are encoded for.
enum EncodingMode {
    /// As small as it gets.
    case file
    /// Each picture comes out at once, with little work, and times begin with the first one's.
    case live
}

/// One encoder: pictures in, compressed packets out. Sole owner of its `AVCodecContext`.
final class VideoEncoder {
    /// Valid while this object lives.
    let context: UnsafeMutablePointer<AVCodecContext>
    /// Unit of the packets' times, in seconds.
    var timeBase: AVRational { context.pointee.time_base }

    /// For the container to tell.
    let hdr: HDRMetadata?

    typealias PacketHandler = (UnsafeMutablePointer<AVPacket>) throws(EncodeError) -> Void

    private let path: String
    private let packet: UnsafeMutablePointer<AVPacket>
    /// Of the pictures that are inside, by their time: encoders don't hand durations on.
    private var durations: [Int64: Int64] = [:]
    private var lastTime: Int64?
    private var pictureCount = 0
    /// What counts as 0, in the pictures' unit; nil: not known yet.
    private var origin: Int64?

    /// - Parameters:
    ///   - path: for errors.
    ///   - format: size, format and colour of the pictures, and the unit of time to count in.
    ///   - hasGlobalHeader: whether the container wants the codec's headers once, not in each key frame.
    /// - Throws: `EncodeError` if the encoder refuses an option or the format.
    init(
        _ codec: UnsafePointer<AVCodec>, _ settings: EncoderSettings, _ format: VideoFormat, hasGlobalHeader: Bool,
        path: String
    ) throws(EncodeError) {
        self.path = path
        hdr = format.hdr
        origin = settings.mode == .live ? nil : 0
        var allocated: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        guard let context = avcodec_alloc_context3(codec), let packet = allocated else {
            av_packet_free(&allocated)
            throw .encodingFailed(path: path, cause: .outOfMemory("avcodec_alloc_context3"))
        }
        self.context = context
        self.packet = packet
        try settings.apply(to: context, frameRate: format.frameRate)
        context.pointee.width = Int32(format.width)
        context.pointee.height = Int32(format.height)
        context.pointee.pix_fmt = format.pixelFormat
        context.pointee.sample_aspect_ratio = format.sampleAspectRatio
        context.pointee.color_range = format.colour.range
        context.pointee.colorspace = format.colour.matrix
        context.pointee.color_primaries = format.colour.primaries
        context.pointee.color_trc = format.colour.transfer
        context.pointee.chroma_sample_location = format.colour.chromaLocation
        context.pointee.time_base = format.timeBase
        // For rate control; the times are the pictures' own.
        context.pointee.framerate = format.frameRate
        if hasGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        do {
            try FFmpegError.check(avcodec_open2(context, codec, nil), "avcodec_open2")
        } catch {
            let picture = "\(format.width)x\(format.height) \(format.pixelFormat.name)"
            throw .encoderRefused(codec: codec.name, picture: picture, cause: error)
        }
    }

    deinit {
        context.free(hadPictures: lastTime != nil)
        var dyingPacket: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dyingPacket)
    }

    /// Takes a picture, and hands over the packets that are done; they may be of earlier pictures.
    ///
    /// - Parameter isKey: whether a player must be able to begin with this picture.
    func encode(_ frame: consuming Frame, asKey isKey: Bool, _ handle: PacketHandler) throws(EncodeError) {
        let av = frame.av
        let time = time(of: frame)
        origin = origin ?? frame.pts
        lastTime = time
        pictureCount += 1
        av.pointee.pts = time
        // Else the encoder would make the same kinds of pictures as the input has.
        av.pointee.pict_type = isKey ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        av.pointee.quality = context.pointee.global_quality
        let duration = av_rescale_q(frame.duration, frame.timeBase, timeBase)
        shim_set_frame_duration(av, duration)
        if duration > 0 { durations[time] = duration }
        try send(av, handle)
    }

    /// The time that the picture's packet will have, if it is the next one to be taken.
    func time(of frame: borrowing Frame) -> Int64 {
        let time = av_rescale_q(frame.pts - (origin ?? frame.pts), frame.timeBase, timeBase)
        // Two pictures cannot have one time; it takes a coarser unit, or a strange input.
        return if let lastTime, time <= lastTime { lastTime + 1 } else { time }
    }

    /// Hands over all that is still inside. No picture can follow.
    func flush(_ handle: PacketHandler) throws(EncodeError) {
        try send(nil, handle)
    }

    private func send(_ frame: UnsafeMutablePointer<AVFrame>?, _ handle: PacketHandler) throws(EncodeError) {
        // Never "again": all packets are taken after each picture.
        try check(avcodec_send_frame(context, frame), "avcodec_send_frame")
        while true {
            let code = avcodec_receive_packet(context, packet)
            if code == shim_error_again || code == shim_error_eof { return }
            try check(code, "avcodec_receive_packet")
            if hasNoDecodeTimes { packet.pointee.dts = packet.pointee.pts }
            packet.pointee.duration = durations.removeValue(forKey: packet.pointee.pts) ?? packet.pointee.duration
            try handle(packet)
            av_packet_unref(packet)
        }
    }

    /// x265 3.5 takes the decode times of the first packets from a variable that it sets at the second or third picture
    /// (`Encoder::m_bframeDelayTime`); before, they are whatever was in memory. So few pictures are not reordered.
    private var hasNoDecodeTimes: Bool { pictureCount <= 2 && context.pointee.codec.name == "libx265" }

    private func check(_ code: Int32, _ function: String) throws(EncodeError) {
        guard code >= 0 else { throw .encodingFailed(path: path, cause: FFmpegError(code: code, function: function)) }
    }
}

extension UnsafeMutablePointer<AVCodecContext> {
    /// - Parameter hadPictures: whether the encoder was sent any.
    func free(hadPictures: Bool) {
        // SVT-AV1 1.4 waits for ever when it is opened and freed without a picture. That happens only when the output
        // fails to open, so its memory is left to the end of the process.
        guard hadPictures || avcodec_is_open(self) == 0 || pointee.codec.name != "libsvtav1" else { return }
        var dying: UnsafeMutablePointer<AVCodecContext>? = self
        avcodec_free_context(&dying)
    }
}
