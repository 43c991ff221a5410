package import CFFmpeg
import Glibc

/// One conversion by libswscale: size, format, matrix, range. Sole owner of its context.
package final class Scaler {
    private let context: UnsafeMutableRawPointer

    /// How far speed may go before exactness.
    package enum Filter: Sendable {
        /// Bicubic, exact rounding, full chroma: the fast paths are off by a level or two.
        case exact
        /// The mean of the area, exact rounding: for pictures made smaller.
        case area
        /// A triangle as wide as the scale needs, exact rounding.
        case bilinear

        fileprivate var flags: Int32 {
            let exactness = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
            return switch self {
            case .exact: SWS_BICUBIC | exactness
            case .area: SWS_AREA | exactness
            case .bilinear: SWS_BILINEAR | exactness
            }
        }
    }

    /// Pictures on one side of a conversion.
    package struct Side: Equatable, @unchecked Sendable {  // safe: values only
        package let width: Int
        package let height: Int
        package let pixelFormat: AVPixelFormat
        package let matrix: AVColorSpace
        package let isFullRange: Bool
        /// Where chroma samples lie, in 1/256 of a pixel; nil: where libswscale thinks.
        package var chroma: (column: Int, row: Int)?

        package init(_ width: Int, _ height: Int, _ pixelFormat: AVPixelFormat, _ colour: ColourTags) {
            self.width = width
            self.height = height
            self.pixelFormat = pixelFormat
            let isRGB = pixelFormat.isRGB
            matrix = isRGB ? AVCOL_SPC_UNSPECIFIED : colour.matrixOrDefault(forHeight: height)
            isFullRange = isRGB || colour.isFullRange
        }

        package init(_ format: VideoFormat) {
            self.init(format.width, format.height, format.pixelFormat, format.colour)
        }

        package static func == (one: Side, other: Side) -> Bool {
            one.width == other.width && one.height == other.height && one.isStored(as: other)
                && one.matrix == other.matrix && one.chroma?.column == other.chroma?.column
                && one.chroma?.row == other.chroma?.row
        }

        /// Whether pixels of this side are, value for value, pixels of the other.
        package func isStored(as other: Side) -> Bool {
            pixelFormat == other.pixelFormat && isFullRange == other.isFullRange
                && shim_same_matrix(Int32(matrix.rawValue), Int32(other.matrix.rawValue)) != 0
        }

        fileprivate var shim: shim_scaler_side {
            shim_scaler_side(
                width: Int32(width), height: Int32(height), format: pixelFormat.rawValue,
                matrix: Int32(matrix.rawValue), is_full_range: isFullRange ? 1 : 0,
                chroma_column: Int32(chroma?.column ?? -513), chroma_row: Int32(chroma?.row ?? -513))
        }
    }

    /// - Throws: `FFmpegError` if libswscale cannot convert between the two.
    package init(from input: Side, to output: Side, _ filter: Filter) throws(FFmpegError) {
        guard let context = shim_scaler_make(input.shim, output.shim, filter.flags) else {
            throw FFmpegError(code: shim_error(ENOTSUP), function: "sws_init_context")
        }
        self.context = context
    }

    deinit { shim_scaler_free(context) }

    package func scale(_ input: borrowing Frame, into output: borrowing Frame) throws(FFmpegError) {
        try FFmpegError.check(shim_scale(context, output.av, input.av), "sws_scale_frame")
    }
}

extension AVPixelFormat {
    /// Whether samples are red, green and blue rather than luma and chroma.
    package var isRGB: Bool {
        guard let description = av_pix_fmt_desc_get(self) else { return false }
        return description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
    }
}
