import CFFmpeg
import Pipeline

extension VideoFormat {
    /// The format in which an encoder gets the pictures: this one where it can, else the nearest that it takes.
    ///
    /// The size is the same; see `padded`.
    ///
    /// - Parameter isForAnyPlayer: whether it must be one that all players show.
    func encoded(
        by codec: UnsafePointer<AVCodec>, isForAnyPlayer: Bool = false
    ) throws(EncodeError) -> VideoFormat {
        var result = withRangeInTag
        let isRGB = result.pixelFormat.isRGB
        let offered = try codec.pixelFormats() ?? [result.pixelFormat]
        if codec.pointee.id == AV_CODEC_ID_MJPEG {
            // JFIF: all code values, BT.601, chroma between the pixels.
            result.pixelFormat = result.nearest(in: offered.filter { !$0.isRGB })
            result.colour.range = AVCOL_RANGE_JPEG
            result.colour.matrix = AVCOL_SPC_BT470BG
            result.colour.chromaLocation = AVCHROMA_LOC_CENTER
            return result
        }
        let isLossy = avcodec_descriptor_get(codec.pointee.id).map { $0.pointee.props & AV_CODEC_PROP_LOSSY != 0 }
        if isForAnyPlayer || isRGB && isLossy == true, offered.contains(AV_PIX_FMT_YUV420P) {
            // Players and browsers show no RGB, and hardly 4:4:4; television sets and telephones 4:2:2 as little.
            result.pixelFormat = AV_PIX_FMT_YUV420P
        } else {
            result.pixelFormat = result.nearest(in: offered)
        }
        switch (isRGB, result.pixelFormat.isRGB) {
        case (true, false):
            result.colour.range = AVCOL_RANGE_MPEG
            result.colour.matrix = ColourTags().matrixOrDefault(forHeight: height)
            result.colour.chromaLocation = AVCHROMA_LOC_LEFT
        case (false, true):
            result.colour.range = AVCOL_RANGE_JPEG
            result.colour.matrix = AVCOL_SPC_RGB
            result.colour.chromaLocation = AVCHROMA_LOC_UNSPECIFIED
            result.colour.transfer = colour.transferOfRGB
        case (false, false):
            // A tag that cannot be true; x264 would refuse it.
            if colour.matrix == AVCOL_SPC_RGB { result.colour.matrix = AVCOL_SPC_UNSPECIFIED }
        case (true, true): break
        }
        return result
    }

    /// Whether an encoder's pictures can be told to be HDR, in as many steps as they need. Pictures that are files of their
    /// own are shown as SDR by all that people see them with.
    func staysHDR(with codec: UnsafePointer<AVCodec>) throws(EncodeError) -> Bool {
        guard colour.hdr != nil, let input = PixelLayout(pixelFormat) else { return true }
        guard Self.codecsOfHDR.contains(codec.pointee.id) else { return false }
        let result = try encoded(by: codec).pixelFormat
        let bits = av_pix_fmt_desc_get(result).map { Int($0.pointee.comp.0.depth) } ?? 8
        return bits >= min(input.bitsPerSample, 10)
    }

    private static let codecsOfHDR: Set<AVCodecID> = [
        AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1, AV_CODEC_ID_FFV1, AV_CODEC_ID_PRORES,
        AV_CODEC_ID_DNXHD, AV_CODEC_ID_RAWVIDEO,
    ]

    /// This format at a size that is a multiple of what one chroma sample covers.
    var padded: VideoFormat {
        var result = self
        guard let description = av_pix_fmt_desc_get(pixelFormat)?.pointee else { return result }
        let columns = 1 << Int(description.log2_chroma_w)
        let rows = 1 << Int(description.log2_chroma_h)
        result.width = (width + columns - 1) / columns * columns
        result.height = (height + rows - 1) / rows * rows
        return result
    }

    /// The format of a list that loses least.
    private func nearest(in offered: [AVPixelFormat]) -> AVPixelFormat {
        if offered.contains(pixelFormat) { return pixelFormat }
        // A picture of three colours first; grey or a palette where the encoder has nothing else.
        let coloured = offered.filter { format in
            av_pix_fmt_desc_get(format)?.pointee.nb_components == 3 && !format.saysFullRange
                && !format.has(AV_PIX_FMT_FLAG_ALPHA) && !format.has(AV_PIX_FMT_FLAG_BITSTREAM)
        }
        let list = (coloured.isEmpty ? offered : coloured) + [AV_PIX_FMT_NONE]
        return avcodec_find_best_pix_fmt_of_list(list, pixelFormat, 0, nil)
    }
}

extension ColourTags {
    /// A camera's transfer curve in a picture's tags makes viewers brighten it, unlike the video in any player.
    fileprivate var transferOfRGB: AVColorTransferCharacteristic {
        switch transfer {
        case AVCOL_TRC_BT709, AVCOL_TRC_SMPTE170M, AVCOL_TRC_BT2020_10, AVCOL_TRC_BT2020_12: AVCOL_TRC_UNSPECIFIED
        default: transfer
        }
    }
}

extension UnsafePointer<AVCodec> {
    /// What an encoder takes of pictures in main memory; nil: anything.
    ///
    /// - Throws: `EncodeError.hardwareOnly` if it takes none.
    func pixelFormats() throws(EncodeError) -> [AVPixelFormat]? {
        guard var next = shim_encoder_formats(self) else { return nil }
        var formats: [AVPixelFormat] = []
        while next.pointee != AV_PIX_FMT_NONE {
            if !next.pointee.has(AV_PIX_FMT_FLAG_HWACCEL) { formats.append(next.pointee) }
            next += 1
        }
        guard !formats.isEmpty else { throw .hardwareOnly(codec: name) }
        return formats
    }
}

extension AVPixelFormat {
    fileprivate func has(_ flag: Int32) -> Bool {
        av_pix_fmt_desc_get(self).map { $0.pointee.flags & UInt64(flag) != 0 } ?? false
    }

    var name: String { av_get_pix_fmt_name(self).map { String(cString: $0) } ?? "unknown" }
}
