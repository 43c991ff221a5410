package import CFFmpeg

extension VideoFormat {
    /// The old names such as yuvj420p say two things; here the range is told by its tag.
    package var withRangeInTag: VideoFormat {
        guard let format = AVPixelFormat.ofFullRangeName[pixelFormat] else { return self }
        var result = self
        result.pixelFormat = format
        result.colour.range = AVCOL_RANGE_JPEG
        return result
    }
}

extension AVPixelFormat {
    /// Whether the format's name says that the range is full, as in yuvj420p.
    package var saysFullRange: Bool { Self.ofFullRangeName.keys.contains(self) }

    fileprivate static let ofFullRangeName: [AVPixelFormat: AVPixelFormat] = [
        AV_PIX_FMT_YUVJ420P: AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ422P: AV_PIX_FMT_YUV422P,
        AV_PIX_FMT_YUVJ444P: AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUVJ440P: AV_PIX_FMT_YUV440P,
        AV_PIX_FMT_YUVJ411P: AV_PIX_FMT_YUV411P,
    ]
}
