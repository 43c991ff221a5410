import CFFmpeg
import Pipeline

/// Converts pictures to another format, size or colour coding with libswscale. Sole owner of its context and of the
/// pictures' memory, which are made anew when the pictures change.
final class Scaler {
    private var context: UnsafeMutableRawPointer?
    /// What the context is made for.
    private var sides: [Side] = []
    private var pool = ReusedPool()

    deinit { shim_scaler_free(context) }

    /// - Parameter colour: how the picture's values stand for colours.
    /// - Parameter target: size, format and colours of the result. Its aspect ratio and time base are not used.
    /// - Returns: a new picture at the same time.
    func convert(_ picture: consuming Frame, _ colour: ColourTags, to target: VideoFormat) throws(FFmpegError) -> Frame
    {
        let from = Side(picture.width, picture.height, picture.pixelFormat, colour)
        let to = Side(target.width, target.height, target.pixelFormat, target.colour)
        if sides != [from, to] {
            shim_scaler_free(context)
            context = shim_scaler_make(from.shim, to.shim)
            sides = [from, to]
        }
        guard let context else { throw FFmpegError(code: shim_error(ENOTSUP), function: "sws_init_context") }
        let result = try pool.frame(target, timedLike: picture)
        try FFmpegError.check(shim_scale(context, result.av, picture.av), "sws_scale_frame")
        return result
    }

    private struct Side: Equatable {
        let width: Int
        let height: Int
        let format: AVPixelFormat
        let matrix: AVColorSpace
        let isFullRange: Bool

        init(_ width: Int, _ height: Int, _ format: AVPixelFormat, _ colour: ColourTags) {
            self.width = width
            self.height = height
            self.format = format
            matrix = colour.matrixOrDefault(forHeight: height)
            isFullRange = colour.isFullRange
        }

        var shim: shim_scaler_side {
            shim_scaler_side(
                width: Int32(width), height: Int32(height), format: format.rawValue, matrix: Int32(matrix.rawValue),
                is_full_range: isFullRange ? 1 : 0)
        }
    }
}

/// A pool of pictures for as long as the same kind is asked for.
struct ReusedPool {
    private var pool: FramePool?

    /// A picture with undefined pixels, at the time of `original`.
    mutating func frame(_ format: VideoFormat, timedLike original: borrowing Frame) throws(FFmpegError) -> Frame {
        if let pool, pool.format.width == format.width, pool.format.height == format.height,
            pool.format.pixelFormat == format.pixelFormat
        {
            return try pool.frame(timedLike: original)
        }
        let pool = try FramePool(format)
        self.pool = pool
        return try pool.frame(timedLike: original)
    }
}
