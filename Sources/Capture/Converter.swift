import CFFmpeg
import Pipeline

/// Converts pictures to another format, size or colour coding. Scaler and memory are made anew when the pictures change.
final class Converter {
    private var scaler: Scaler?
    /// What the scaler is made for.
    private var sides: [Scaler.Side] = []
    private var pool = ReusedPool()

    /// - Parameter colour: how the picture's values stand for colours.
    /// - Parameter target: size, format and colours of the result. Its aspect ratio and time base are not used.
    /// - Returns: a new picture at the same time.
    func convert(_ picture: consuming Frame, _ colour: ColourTags, to target: VideoFormat) throws(FFmpegError) -> Frame
    {
        let wanted = [
            Scaler.Side(picture.width, picture.height, picture.pixelFormat, colour), Scaler.Side(target),
        ]
        if sides != wanted {
            scaler = try Scaler(from: wanted[0], to: wanted[1], .exact)
            sides = wanted
        }
        let result = try pool.frame(target, timedLike: picture)
        try scaler?.scale(picture, into: result)
        return result
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
