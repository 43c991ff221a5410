import CFFmpeg
import Infer
import Pipeline

/// Makes frames of pictures that were kept as a classifier got them, such that it gets the same numbers of them again: the
/// canvas is as large as what its preprocessing scales to and cuts out of, so that nothing is scaled twice.
struct TaughtCanvas {
    /// Of all frames.
    let format: VideoFormat
    /// Where the picture lies; the rest repeats its edges, and is cut off.
    let area: PixelBox
    private let input: ModelInput
    private let pool: FramePool
    private let layout: PixelLayout

    init(_ input: ModelInput) throws(FFmpegError) {
        self.input = input
        let (width, height) = Self.size(input)
        let (left, top) = (Self.margin(width - input.width), Self.margin(height - input.height))
        area = PixelBox(x0: left, y0: top, x1: left + input.width, y1: top + input.height)
        format = VideoFormat(
            width: width, height: height, pixelFormat: AV_PIX_FMT_GBRP,
            colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB),
            sampleAspectRatio: AVRational(num: 1, den: 1), timeBase: AVRational(num: 1, den: 1))
        pool = try FramePool(format)
        layout = PixelLayout(AV_PIX_FMT_GBRP)!
    }

    /// What the shorter side is scaled to before the middle is cut out; else the input's own size.
    private static func size(_ input: ModelInput) -> (width: Int, height: Int) {
        guard input.resize == .crop, let shorter = input.cropFrom, shorter > min(input.width, input.height) else {
            return (input.width, input.height)
        }
        return (max(input.width, shorter), max(input.height, shorter))
    }

    /// As the preprocessing rounds it.
    private static func margin(_ rest: Int) -> Int { Int((Double(rest) / 2).rounded(.toNearestOrEven)) }

    /// - Parameter pixels: 8-bit `[height, width, colours]`, as the classifier's input has them.
    /// - Throws: `FitError.taughtSize` where it is of another size.
    func frame(_ pixels: [UInt8], number: Int) throws -> Frame {
        guard pixels.count == input.width * input.height * input.channels else {
            throw FitError.taughtSize(bytes: pixels.count, width: input.width, height: input.height)
        }
        let frame = try pool.frame(index: number, pts: 0, duration: 0, timeBase: format.timeBase)
        // Planes are green, blue, red.
        let channels = [1, 2, 0].map { input.colour == .grey ? 0 : input.colour == .bgr ? 2 - $0 : $0 }
        for (plane, channel) in channels.enumerated() {
            let target = frame.plane(plane, layout)
            for y in 0..<format.height {
                let row = target.row(y).assumingMemoryBound(to: UInt8.self)
                let line = min(max(y - area.y0, 0), input.height - 1) * input.width
                for x in 0..<format.width {
                    let column = min(max(x - area.x0, 0), input.width - 1)
                    row[x] = pixels[(line + column) * input.channels + channel]
                }
            }
        }
        return frame
    }
}
