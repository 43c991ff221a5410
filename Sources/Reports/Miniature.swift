import CFFmpeg
package import Pipeline

/// Makes pictures small, SDR, RGB, with square pixels.
package struct Miniature {
    /// Of what comes out.
    package let format: VideoFormat
    private let toneMapper: ToneMapper?
    private let scaler: Scaler
    private let pool: FramePool

    /// - Parameters:
    ///   - picture: of what comes in.
    ///   - largest: pixels of the longer side at most.
    package init(_ picture: VideoFormat, largest: Int) throws(FFmpegError) {
        toneMapper = try ToneMapper(picture)
        let source = toneMapper?.format ?? picture.withRangeInTag
        let ratio = picture.sampleAspectRatio
        let aspect = ratio.num > 0 && ratio.den > 0 ? Double(ratio.num) / Double(ratio.den) : 1
        let (width, height) = (Double(source.width) * aspect, Double(source.height))
        let scale = min(1, Double(largest) / max(width, height))
        format = VideoFormat(
            width: max(1, Int((width * scale).rounded())), height: max(1, Int((height * scale).rounded())),
            pixelFormat: AV_PIX_FMT_GBRP, colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB),
            sampleAspectRatio: AVRational(num: 1, den: 1), timeBase: picture.timeBase)
        scaler = try Scaler(
            from: Scaler.Side(placingChromaOf: source), to: Scaler.Side(format), scale < 1 ? .area : .exact)
        pool = try FramePool(format)
    }

    /// A new picture at the same time.
    package func shrink(_ picture: borrowing Frame) throws(FFmpegError) -> Frame {
        let small = try pool.frame(timedLike: picture)
        if let toneMapper {
            try scaler.scale(try toneMapper.map(picture), into: small)
        } else {
            try scaler.scale(picture, into: small)
        }
        return small
    }
}
