import CFFmpeg
import Pipeline

/// Makes small SDR pictures of an HDR video's large ones, for a classifier.
///
/// Shrinks first, in the video's own signal and in 16 bits, since a tone curve for each pixel of a large picture would take
/// longer than most classifiers.
final class ToneMappedShrink {
    /// Of the pictures that come out.
    var format: VideoFormat { toneMapper.format }

    private let geometry: InputGeometry
    private let scaler: Scaler
    private let pool: FramePool
    private let toneMapper: ToneMapper

    /// - Parameter format: with its matrix told.
    /// - Returns: nil if the pictures are SDR.
    init?(_ format: VideoFormat, _ geometry: InputGeometry) throws(FFmpegError) {
        guard format.colour.hdr != nil else { return nil }
        self.geometry = geometry
        var small = format.withRangeInTag
        (small.width, small.height) = (geometry.targetWidth, geometry.targetHeight)
        small.pixelFormat = av_get_pix_fmt(format.pixelFormat.isRGB ? "gbrp16" : "yuv444p16")
        guard let toneMapper = try ToneMapper(small) else { return nil }
        self.toneMapper = toneMapper
        scaler = try Scaler(
            from: Scaler.Side(geometry.sourceWidth, geometry.sourceHeight, format.pixelFormat, format.colour),
            to: Scaler.Side(small), .bilinear)
        pool = try FramePool(small)
    }

    func shrink(_ picture: borrowing Frame) throws(FFmpegError) -> Frame {
        let small = try pool.frame(timedLike: picture)
        try scaler.scale(try part(of: picture), into: small)
        return try toneMapper.map(small)
    }

    /// The same pixels, without those that the classifier does not see.
    private func part(of picture: borrowing Frame) throws(FFmpegError) -> Frame {
        guard let av = av_frame_alloc() else { throw .outOfMemory("av_frame_alloc") }
        let part = Frame(adopting: av, timedLike: picture)
        try FFmpegError.check(av_frame_ref(av, picture.av), "av_frame_ref")
        (av.pointee.crop_left, av.pointee.crop_top) = (geometry.sourceX, geometry.sourceY)
        av.pointee.crop_right = picture.width - geometry.sourceX - geometry.sourceWidth
        av.pointee.crop_bottom = picture.height - geometry.sourceY - geometry.sourceHeight
        try FFmpegError.check(
            av_frame_apply_cropping(av, Int32(AV_FRAME_CROP_UNALIGNED)), "av_frame_apply_cropping")
        return part
    }
}
