import CFFmpeg
import Glibc
import Pipeline

/// Makes of a stage's picture the one that an encoder takes: pads odd sizes, changes format, matrix and range.
final class PictureConverter {
    private let input: VideoFormat
    private let output: VideoFormat
    private let padding: (layout: PixelLayout, pool: FramePool)?
    private let conversion: (scaler: Scaler, pool: FramePool)?

    /// - Parameter output: as `input`, but padded, or of another format, or both.
    /// - Throws: `FFmpegError` if swscale cannot convert between the two.
    init(from input: VideoFormat, to output: VideoFormat) throws(FFmpegError) {
        self.input = input.withRangeInTag
        self.output = output
        var padded = self.input
        padded.width = output.width
        padded.height = output.height
        if (input.width, input.height) != (output.width, output.height), let layout = PixelLayout(input.pixelFormat) {
            padding = (layout, try FramePool(padded))
        } else {
            padding = nil
        }
        if padded.isStored(as: output) {
            conversion = nil
        } else {
            conversion = (try Scaler(from: padded, to: output), try FramePool(output))
        }
    }

    /// The picture as the encoder takes it; the same one, pixels untouched, where nothing is to be changed.
    func convert(_ frame: consuming Frame) throws(FFmpegError) -> Frame {
        var frame = frame
        // Only its name: yuvj420p is yuv420p with a tag.
        frame.av.pointee.format = input.pixelFormat.rawValue
        if let (layout, pool) = padding {
            let padded = try pool.frame(timedLike: frame)
            for plane in 0..<3 { Self.pad(frame.plane(plane, layout), into: padded.plane(plane, layout), layout) }
            frame = padded
        }
        if let (scaler, pool) = conversion {
            let converted = try pool.frame(timedLike: frame)
            try scaler.scale(frame, into: converted)
            frame = converted
        }
        output.colour.apply(to: frame.av)
        return frame
    }

    /// Copies a plane and repeats its last column and row.
    private static func pad(_ source: Plane, into target: Plane, _ layout: PixelLayout) {
        let bytes = source.width * layout.bytesPerSample
        for y in 0..<target.height {
            let from = source.row(min(y, source.height - 1))
            let to = target.row(y)
            memcpy(to, from, bytes)
            for x in source.width..<target.width {
                memcpy(to + x * layout.bytesPerSample, from + bytes - layout.bytesPerSample, layout.bytesPerSample)
            }
        }
    }
}
