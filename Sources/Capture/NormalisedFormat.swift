import CFFmpeg
import Pipeline

/// Which planar format a source's pictures come out in, and by which way.
///
/// | source | comes out as |
/// |---|---|
/// | planar YUV 4:2:0, 4:2:2, 4:4:4, 8 to 16 bits; planar GBR | itself, untouched |
/// | other YUV (packed, NV12, 4:1:0, 4:1:1, 4:4:0, big-endian) | 4:2:0, 4:2:2 or 4:4:4, whichever loses nothing |
/// | grey | 4:2:0 with the same luma and neutral chroma |
/// | RGB, palette, Bayer | planar GBR of the same depth, or the next one up |
/// | with alpha | as above, over black |
///
/// A camera's YUV comes out as 4:2:0, because few players and no browser show a 4:2:2 recording.
struct NormalisedFormat: Equatable {
    enum Chroma {
        case kept
        case fourTwoZero
    }

    /// Planar; `PixelLayout` describes it.
    let format: AVPixelFormat
    /// A format to go through first, because libswscale's straight way is not exact, or our own loops need it.
    let step: AVPixelFormat?
    /// What a picture with alpha, after the step, is laid over black as; nil: it has none.
    private(set) var opaque: AVPixelFormat?
    let isGrey: Bool
    let isRGB: Bool
    /// Whether the source is laid out as `format` and has only another name.
    let isOnlyRenamed: Bool
    /// Whether all of 0...255 is used by the format's own definition.
    let isFullRange: Bool

    /// - Returns: nil if neither the stages nor libswscale know the format.
    init?(_ source: AVPixelFormat, chroma: Chroma = .kept) {
        guard let description = av_pix_fmt_desc_get(source)?.pointee else { return nil }
        func has(_ flag: Int32) -> Bool { description.flags & UInt64(flag) != 0 }
        guard !has(AV_PIX_FMT_FLAG_HWACCEL) else { return nil }
        let depth = Self.depth(description)
        let hasAlpha = has(AV_PIX_FMT_FLAG_ALPHA)
        isRGB = has(AV_PIX_FMT_FLAG_RGB) || has(AV_PIX_FMT_FLAG_PAL) || has(AV_PIX_FMT_FLAG_BAYER)
        isGrey = !isRGB && description.nb_components - (hasAlpha ? 1 : 0) == 1
        let name: String
        if isRGB {
            name = "gbrp"
        } else if isGrey || chroma == .fourTwoZero || description.log2_chroma_w > 0 && description.log2_chroma_h > 0 {
            name = "yuv420p"
        } else {
            name = description.log2_chroma_w > 0 ? "yuv422p" : "yuv444p"
        }
        format = Self.named(name, depth)
        isFullRange = isRGB || Self.fullRangeYUV.contains(source)
        if hasAlpha {
            opaque = isGrey ? Self.named("gray", depth) : format
            if has(AV_PIX_FMT_FLAG_PAL) {
                step = AV_PIX_FMT_BGRA
            } else if has(AV_PIX_FMT_FLAG_FLOAT) {
                step = av_get_pix_fmt("gbrap16")
            } else {
                step = has(AV_PIX_FMT_FLAG_BE) ? av_pix_fmt_swap_endianness(source) : nil
            }
        } else if isGrey {
            let grey = Self.named("gray", depth)
            step = source == grey ? nil : grey
        } else if has(AV_PIX_FMT_FLAG_PAL) {
            step = AV_PIX_FMT_BGRA
        } else if isRGB && description.comp.0.depth < 8 {
            step = AV_PIX_FMT_RGB24
        } else {
            step = nil
        }
        isOnlyRenamed = Self.fullRangeYUV.contains(source) && PixelLayout(source) == PixelLayout(format)
        let needsNoScaler = source == format || isOnlyRenamed || (isGrey || opaque != nil) && step == nil
        guard format != AV_PIX_FMT_NONE, needsNoScaler || sws_isSupportedInput(source) > 0 else { return nil }
    }

    /// Bits a sample: of FFmpeg's depths the next one up.
    private static func depth(_ description: AVPixFmtDescriptor) -> Int {
        let components = [description.comp.0, description.comp.1, description.comp.2]
        let depth = components.prefix(Int(min(3, description.nb_components))).map { Int($0.depth) }.max() ?? 8
        return [8, 9, 10, 12, 14].first { $0 >= depth } ?? 16
    }

    private static func named(_ name: String, _ depth: Int) -> AVPixelFormat {
        av_get_pix_fmt(depth == 8 ? name : "\(name)\(depth)")
    }

    /// Formats that FFmpeg has only to say that their range is the full one.
    private static let fullRangeYUV = [
        AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
    ]
}
