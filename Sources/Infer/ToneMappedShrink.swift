import CFFmpeg
import Pipeline

/// Makes small SDR pictures of an HDR video's large ones, for a classifier.
///
/// Shrinks first, in the video's own signal and in 16 bits, since a tone curve for each pixel of a large picture would take
/// longer than most classifiers. The filter is bilinear, whatever the card says: no library has another for HDR.
final class ToneMappedShrink {
    /// Of the pictures that come out, of the scaled size.
    var format: VideoFormat { toneMapper.format }

    private let scaler: Scaler
    private let pool: FramePool
    private let toneMapper: ToneMapper

    /// - Returns: nil if the pictures are SDR.
    init?(_ format: VideoFormat, _ geometry: InputGeometry) throws(FFmpegError) {
        guard format.colour.hdr != nil else { return nil }
        // The matrix goes by the large picture's height.
        var small = format.withRangeInTag
        small.colour.matrix = format.colour.matrixOrDefault(forHeight: format.height)
        (small.width, small.height) = (geometry.scaledWidth, geometry.scaledHeight)
        small.pixelFormat = av_get_pix_fmt(format.pixelFormat.isRGB ? "gbrp16" : "yuv444p16")
        guard let toneMapper = try ToneMapper(small) else { return nil }
        self.toneMapper = toneMapper
        scaler = try Scaler(from: Scaler.Side(placingChromaOf: format), to: Scaler.Side(small), .bilinear)
        pool = try FramePool(small)
    }

    func shrink(_ picture: borrowing Frame) throws(FFmpegError) -> Frame {
        let small = try pool.frame(timedLike: picture)
        try scaler.scale(picture, into: small)
        return try toneMapper.map(small)
    }
}
