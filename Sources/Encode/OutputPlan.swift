import CFFmpeg
import Pipeline

/// Where and how to write, worked out from the settings before anything is opened.
struct OutputPlan {
    enum Target {
        case video(UnsafePointer<AVOutputFormat>)
        /// One, or numbered ones: see `PictureNames`.
        case pictures
    }

    let path: String
    let target: Target
    let codec: UnsafePointer<AVCodec>

    /// - Throws: `EncodeError` if the ending or the codec is unknown, or they don't go together.
    init(_ config: EncodeConfig) throws(EncodeError) {
        _ = FFmpegLog.silenced  // encoders are tried out here
        guard !config.output.isEmpty else { throw .noOutput }
        path = config.output
        if let codecID = Self.pictureCodecs[path.fileExtension] {
            target = .pictures
            codec = try Self.encoder(config.codec, default: codecID)
            guard codec.pointee.id == codecID else {
                throw .codecDoesNotFit(codec: codec.name, path: path, fits: Self.containers(holding: codec))
            }
        } else {
            let container = try Self.container(path)
            target = .video(container)
            codec = try Self.encoder(config.codec, default: Self.defaultCodec(container, path))
            guard Self.holds(container, codec.pointee.id) else {
                throw .codecDoesNotFit(codec: codec.name, path: path, fits: Self.containers(holding: codec))
            }
        }
    }

    /// The encoder of a live picture: as the settings say, else what the recording's container holds, else H.264.
    static func liveCodec(_ config: EncodeConfig) throws(EncodeError) -> UnsafePointer<AVCodec> {
        guard config.output.isEmpty else { return try OutputPlan(config).codec }
        _ = FFmpegLog.silenced
        return try encoder(config.codec, default: AV_CODEC_ID_H264)
    }

    private static let pictureCodecs: [String: AVCodecID] = [
        "png": AV_CODEC_ID_PNG, "jpg": AV_CODEC_ID_MJPEG, "jpeg": AV_CODEC_ID_MJPEG,
    ]

    /// The muxer for a file's ending. Those that write many files, or only sound, are none.
    static func container(_ path: String) throws(EncodeError) -> UnsafePointer<AVOutputFormat> {
        guard let format = av_guess_format(nil, "." + path.fileExtension, nil), !path.fileExtension.isEmpty,
            format.pointee.flags & AVFMT_NOFILE == 0
        else { throw .unknownExtension(path: path) }
        // PNG as the default stands for a cover in a music file.
        switch format.pointee.video_codec {
        case AV_CODEC_ID_NONE, AV_CODEC_ID_PNG: throw .unknownExtension(path: path)
        default: return format
        }
    }

    /// H.264 where a container of today holds it, VP9 in WebM; what the muxer proposes in all others.
    private static func defaultCodec(_ container: UnsafePointer<AVOutputFormat>, _ path: String) -> AVCodecID {
        let modern = ["mpegts", "flv", "nut"]
        return modern.contains(String(cString: container.pointee.name))
            ? AV_CODEC_ID_H264 : av_guess_codec(container, nil, path, nil, AVMEDIA_TYPE_VIDEO)
    }

    private static func encoder(
        _ name: String?, default codecID: AVCodecID
    ) throws(EncodeError) -> UnsafePointer<AVCodec> {
        guard let name else {
            guard let codec = preferredEncoder(codecID) else {
                throw .unknownCodec(name: String(cString: avcodec_get_name(codecID)))
            }
            return codec
        }
        let found =
            avcodec_find_encoder_by_name(name)
            ?? avcodec_descriptor_get_by_name(name).flatMap { preferredEncoder($0.pointee.id) }
        guard let found, found.pointee.type == AVMEDIA_TYPE_VIDEO else {
            throw .unknownCodec(name: name, near: NearestWord.to(name, among: videoEncoders()))
        }
        _ = try found.pixelFormats()
        return found
    }

    /// Names of the linked FFmpeg's encoders, and of the formats that they write.
    private static func videoEncoders() -> [String] {
        var names: [String] = []
        var position: UnsafeMutableRawPointer?
        while let codec = av_codec_iterate(&position) {
            guard av_codec_is_encoder(codec) != 0, codec.pointee.type == AVMEDIA_TYPE_VIDEO else { continue }
            names += [codec.name, String(cString: avcodec_get_name(codec.pointee.id))]
        }
        return names
    }

    private static func preferredEncoder(_ codecID: AVCodecID) -> UnsafePointer<AVCodec>? {
        codecID == AV_CODEC_ID_H264
            ? avcodec_find_encoder_by_name("libx264") ?? avcodec_find_encoder(codecID) : avcodec_find_encoder(codecID)
    }

    /// Whether a muxer takes a codec; true where it doesn't tell.
    private static func holds(_ container: UnsafePointer<AVOutputFormat>, _ codecID: AVCodecID) -> Bool {
        guard avformat_query_codec(container, codecID, FF_COMPLIANCE_EXPERIMENTAL) != 0 else { return false }
        // FFmpeg's table for MOV lists codecs that its muxer then refuses, such as VP9.
        guard ["mov", "mp4"].contains(String(cString: container.pointee.name)) else { return true }
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&allocated, container, nil, nil) >= 0, let trial = allocated else {
            return true
        }
        defer { avformat_free_context(trial) }
        guard avio_open_dyn_buf(&trial.pointee.pb) >= 0, let stream = avformat_new_stream(trial, nil) else {
            return true
        }
        defer {
            var bytes: UnsafeMutablePointer<UInt8>?
            avio_close_dyn_buf(trial.pointee.pb, &bytes)
            trial.pointee.pb = nil
            av_free(bytes)
        }
        stream.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        stream.pointee.codecpar.pointee.codec_id = codecID
        stream.pointee.codecpar.pointee.width = 320
        stream.pointee.codecpar.pointee.height = 240
        stream.pointee.time_base = AVRational(num: 1, den: 25)
        trial.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL
        return avformat_init_output(trial, nil) >= 0
    }

    private static func containers(holding codec: UnsafePointer<AVCodec>) -> [String] {
        [".mp4", ".mov", ".mkv", ".webm"].filter { ending in
            av_guess_format(nil, ending, nil).map { holds($0, codec.pointee.id) } ?? false
        }
    }
}

extension UnsafePointer<AVCodec> {
    var name: String { String(cString: pointee.name) }
}

extension EncodeConfig {
    /// Checks all of the output that can be checked before the input is known: ending, codec, options, folder, and
    /// whether files would be overwritten. It takes milliseconds, so do it before a model is loaded.
    package func checkOutput() throws(EncodeError) {
        guard segment == nil else { throw .segmentsOfAFile }
        guard push.isEmpty else { throw .pushOfAFile }
        if keepVideo { try checkKept() } else if !isAnalysis { try checkPictures() }
        if let sidecar {
            guard sidecar != output else { throw .sidecarIsOutput(path: sidecar) }
            _ = try TemporaryFile(for: sidecar, replacing: force)
        }
        if let maps {
            guard maps != output, maps != sidecar else { throw .mapsAreOutput(path: maps) }
            _ = try TemporaryFile(for: maps, replacing: force)
        }
        if let report {
            guard ![output, sidecar, maps].contains(report) else { throw .reportIsOutput(path: report) }
            _ = try TemporaryFile(for: report, replacing: force)
        }
        if let dwell {
            guard ![output, sidecar, maps, report].contains(dwell) else { throw .dwellIsOutput(path: dwell) }
            _ = try TemporaryFile(for: dwell, replacing: force)
        }
    }

    private func checkKept() throws(EncodeError) {
        _ = try keptContainer()
        _ = try TemporaryFile(for: output, replacing: force)
    }

    /// What a video's own packets are copied into, once it is sure that no encoder is asked for.
    func keptContainer() throws(EncodeError) -> UnsafePointer<AVOutputFormat> {
        guard !output.isEmpty else { throw .noOutput }
        let container = try KeptVideoWriter.container(output)
        let given = [
            ("--codec", codec), ("--preset", preset), ("--crf", crf.map { "\($0)" }), ("encode.options", options.first),
        ]
        if let option = given.first(where: { $0.1 != nil }) { throw .settingOfKept(option: option.0) }
        return container
    }

    private func checkPictures() throws(EncodeError) {
        let plan = try OutputPlan(self)
        try EncoderSettings(self, plan.codec).check()
        let first =
            switch plan.target {
            case .video: output
            case .pictures: PictureNames(output).path(number: PictureNames.first)
            }
        _ = try TemporaryFile(for: first, replacing: force)
    }
}
