import CFFmpeg
import Engine
import ONNX
import Pipeline
import TestSupport

/// Pictures that tests draw themselves.
enum Pictures {
    static func format(
        _ width: Int, _ height: Int, _ pixelFormat: AVPixelFormat = AV_PIX_FMT_GBRP,
        colour: ColourTags = ColourTags(), aspect: AVRational = AVRational(num: 1, den: 1)
    ) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelFormat: pixelFormat, colour: colour, sampleAspectRatio: aspect,
            timeBase: AVRational(num: 1, den: 1000))
    }

    /// An 8-bit planar picture.
    ///
    /// - Parameter sample: value of a plane's sample at a column and row of the plane.
    static func frame(
        _ format: VideoFormat, index: Int = 0, milliseconds: Int64 = 0,
        _ sample: (_ plane: Int, _ x: Int, _ y: Int) -> UInt8
    ) throws -> Frame {
        let empty = Frame(
            adopting: av_frame_alloc(), index: index, pts: milliseconds, duration: 0, timeBase: format.timeBase)
        let frame = try FramePool(format).frame(timedLike: empty)
        let layout = PixelLayout(format.pixelFormat)!
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            plane.fill(1) { x, y in Int(sample(number, x, y)) }
        }
        return frame
    }

    /// A striped red board in front of a patterned wall, 70 × 90 pixels; planes are G, B, R.
    static func board(_ format: VideoFormat, atX left: Int, index: Int = 0, milliseconds: Int64) throws -> Frame {
        try frame(format, index: index, milliseconds: milliseconds) { plane, x, y in
            guard (left..<left + 70).contains(x), (60..<150).contains(y) else {
                return UInt8(100 + (x / 8 + y / 8) % 2 * 40 + (x * 7 + y * 3) % 11)
            }
            return (x - left) / 10 % 2 == 0 ? [30, 30, 230][plane] : [50, 50, 200][plane]
        }
    }

    /// One RGB colour on a grey ground: inside the rectangle and outside it. Planes are G, B, R.
    static func rectangle(
        _ format: VideoFormat, _ rgb: (UInt8, UInt8, UInt8), x: Range<Int>, y: Range<Int>, milliseconds: Int64 = 0
    ) throws -> Frame {
        try frame(format, milliseconds: milliseconds) { plane, column, row in
            guard x.contains(column), y.contains(row) else { return 128 }
            return [rgb.1, rgb.2, rgb.0][plane]
        }
    }
}

extension PictureInput {
    /// RGB from 0 to 1, at the size that the model has.
    init(of model: borrowing Model) throws {
        let image = try model.graph.imageInput()
        self.init(
            name: image.name, height: image.height ?? 16, width: image.width ?? 16, channels: 3, isChannelsFirst: true,
            mean: [0, 0, 0], scale: [255, 255, 255])
    }
}
