import CFFmpeg
import Glibc
import Pipeline

/// Takes the packets of one connection to a target. For one thread.
protocol PushSink: AnyObject {
    /// - Parameter time: of the picture since the connection's beginning, in microseconds; it rises.
    func write(_ packet: EncodedPacket, at time: Int64) throws(FFmpegError)
    /// To be called only where `sound` says that it is sent.
    func write(_ sound: LivePacket, at time: Int64) throws(FFmpegError)
    var sound: PushEvent.Sound { get }
    /// Says goodbye where that is usual, in so much time.
    func close(within seconds: Double)
}

/// One connection to a target, by libavformat: from its opening to its loss. Sole owner of its `AVFormatContext`.
final class PushConnection: PushSink {
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let watch: CallWatch
    private let packet: UnsafeMutablePointer<AVPacket>
    /// nil: headers stand where the muxer puts them.
    private let headers: InBandHeaders?
    let sound: PushEvent.Sound
    private var isClosed = false

    private static let unit = AVRational(num: 1, den: 1_000_000)
    /// Seconds that one picture may take to be sent.
    static let timeToWrite = 5.0

    /// Connects; blocks until the watch ends it.
    ///
    /// - Parameter wall: when the picture with the time 0 was taken, in microseconds since 1970: receivers of RTP are told.
    init(
        _ target: PushTarget, _ format: EncodedFormat, sound: AuxiliaryStream?, wall: Int64, _ watch: CallWatch
    ) throws(FFmpegError) {
        _ = FFmpegLog.silenced
        _ = Self.network
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let code = avformat_alloc_output_context2(&allocated, nil, target.muxer, target.url)
        guard let context = allocated else {
            throw FFmpegError(code: code, function: "avformat_alloc_output_context2")
        }
        var (options, opened): (OpaquePointer?, AVPacketPointer?) = (nil, av_packet_alloc())
        defer { av_dict_free(&options) }
        do throws(FFmpegError) {
            guard let packet = opened else { throw .outOfMemory("av_packet_alloc") }
            self.packet = packet
            context.pointee.interrupt_callback = watch.callback
            // Each picture goes out at once.
            context.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS
            context.pointee.max_delay = 0
            context.pointee.start_time_realtime = wall
            for (key, value) in target.options { av_dict_set(&options, key, value, 0) }
            if context.pointee.oformat.pointee.flags & AVFMT_NOFILE == 0 {
                var callback = watch.callback
                try FFmpegError.check(
                    avio_open2(&context.pointee.pb, target.url, AVIO_FLAG_WRITE, &callback, &options), "avio_open2")
            }
            guard let stream = avformat_new_stream(context, nil) else { throw .outOfMemory("avformat_new_stream") }
            try FFmpegError.check(
                avcodec_parameters_copy(stream.pointee.codecpar, format.parameters), "avcodec_parameters_copy")
            stream.pointee.time_base = Self.unit
            stream.pointee.avg_frame_rate = format.frameRate
            self.sound = try Self.add(sound, to: context, target.muxer)
            headers =
                context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER == 0 ? try InBandHeaders(format) : nil
            try FFmpegError.check(avformat_write_header(context, &options), "avformat_write_header")
        } catch {
            av_packet_free(&opened)
            Self.free(context)
            throw error
        }
        (self.context, self.watch) = (context, watch)
    }

    deinit {
        // Only that ends the connections of some muxers.
        if !isClosed { close(within: 0) }
        var dying: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dying)
        Self.free(context)
    }

    /// - Returns: whether it could be added.
    private static func add(
        _ sound: AuxiliaryStream?, to context: UnsafeMutablePointer<AVFormatContext>, _ muxer: String
    ) throws(FFmpegError) -> PushEvent.Sound {
        guard let sound else { return .none }
        let parameters = sound.parameters.pointee
        let codec = String(cString: avcodec_get_name(parameters.codec_id))
        // RTP tells of AAC what stands in its header.
        let lacksHeader = muxer == "rtsp" && parameters.codec_id == AV_CODEC_ID_AAC && parameters.extradata_size == 0
        guard sounds[muxer]?.contains(parameters.codec_id.rawValue) == true, !lacksHeader else {
            return .leftOut(codec)
        }
        guard let stream = avformat_new_stream(context, nil) else { throw .outOfMemory("avformat_new_stream") }
        try FFmpegError.check(
            avcodec_parameters_copy(stream.pointee.codecpar, sound.parameters), "avcodec_parameters_copy")
        stream.pointee.codecpar.pointee.codec_tag = 0
        stream.pointee.time_base = unit
        return .sent(codec)
    }

    /// The codecs that receivers of each muxer take.
    private static let sounds: [String: Set<UInt32>] = {
        func codes(_ codecs: AVCodecID...) -> Set<UInt32> { Set(codecs.map(\.rawValue)) }
        let stream = codes(
            AV_CODEC_ID_AAC, AV_CODEC_ID_MP2, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3, AV_CODEC_ID_EAC3, AV_CODEC_ID_OPUS)
        return [
            "flv": codes(AV_CODEC_ID_AAC, AV_CODEC_ID_MP3), "mpegts": stream, "rtp_mpegts": stream,
            "rtsp": codes(
                AV_CODEC_ID_AAC, AV_CODEC_ID_MP2, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3, AV_CODEC_ID_OPUS,
                AV_CODEC_ID_PCM_ALAW, AV_CODEC_ID_PCM_MULAW),
        ]
    }()

    private typealias AVPacketPointer = UnsafeMutablePointer<AVPacket>

    private static let network: Void = { avformat_network_init() }()

    private static func free(_ context: UnsafeMutablePointer<AVFormatContext>) {
        if context.pointee.oformat.pointee.flags & AVFMT_NOFILE == 0 { avio_closep(&context.pointee.pb) }
        avformat_free_context(context)
    }

    func write(_ encoded: EncodedPacket, at time: Int64) throws(FFmpegError) {
        defer { av_packet_unref(packet) }
        try encoded.reference(in: packet)
        packet.pointee.duration = 0
        try headers?.apply(to: packet)
        try send(stream: 0, at: time)
    }

    func write(_ sound: LivePacket, at time: Int64) throws(FFmpegError) {
        defer { av_packet_unref(packet) }
        try FFmpegError.check(av_packet_ref(packet, sound.packet.av), "av_packet_ref")
        packet.pointee.duration = av_rescale_q(packet.pointee.duration, sound.stream.timeBase, Self.unit)
        try send(stream: 1, at: time)
    }

    private func send(stream number: Int32, at time: Int64) throws(FFmpegError) {
        watch.allow(seconds: Self.timeToWrite)
        (packet.pointee.pts, packet.pointee.dts, packet.pointee.stream_index) = (time, time, number)
        let stream: UnsafeMutablePointer<AVStream> = shim_stream(context, number)
        av_packet_rescale_ts(packet, Self.unit, stream.pointee.time_base)
        try FFmpegError.check(av_write_frame(context, packet), "av_write_frame")
        // The muxer of RTSP does not look whether all was taken.
        guard !watch.isOver else { throw FFmpegError(code: shim_error(ETIMEDOUT), function: "av_write_frame") }
    }

    func close(within seconds: Double) {
        isClosed = true
        watch.allow(seconds: seconds)
        av_write_trailer(context)
    }
}
