import CFFmpeg
import Pipeline
import TestSupport

/// Pictures made in memory: a gradient that moves with the frame's number, so that no two frames are alike.
struct TestPictures {
    let format: VideoFormat
    private let layout: PixelLayout
    private let pool: FramePool

    init(
        _ pixelFormat: AVPixelFormat = AV_PIX_FMT_YUV420P, width: Int = 64, height: Int = 48,
        colour: ColourTags = ColourTags(), sampleAspectRatio: AVRational = AVRational(num: 1, den: 1),
        timeBase: AVRational = AVRational(num: 1, den: 25), frameRate: AVRational = AVRational(num: 25, den: 1)
    ) throws {
        format = VideoFormat(
            width: width, height: height, pixelFormat: pixelFormat, colour: colour,
            sampleAspectRatio: sampleAspectRatio, timeBase: timeBase, frameRate: frameRate)
        layout = PixelLayout(pixelFormat)!
        pool = try FramePool(format)
        _ = Self.quiet
    }

    /// The libraries would print a lot about each of the tests' files.
    private static let quiet: Void = av_log_set_level(AV_LOG_QUIET)

    /// A picture whose samples are `sample(plane, x, y)`.
    ///
    /// - Parameter wall: when a camera took it, in microseconds since 1970.
    func frame(
        index: Int, pts: Int64? = nil, duration: Int64 = 1, wall: Int64? = nil, sample: (Int, Int, Int) -> Int
    ) throws -> Frame {
        let time = Frame(
            adopting: av_frame_alloc(), index: index, pts: pts ?? Int64(index), duration: duration,
            timeBase: format.timeBase, captured: wall.map { CaptureTime(monotonic: $0, wall: $0) })
        let frame = try pool.frame(timedLike: time)
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            plane.fill(layout.bytesPerSample) { x, y in sample(number, x, y) }
        }
        return frame
    }

    /// A picture of the moving gradient.
    func frame(index: Int, pts: Int64? = nil, duration: Int64 = 1) throws -> Frame {
        try frame(index: index, pts: pts, duration: duration) { plane, x, y in gradient(index, plane, x, y) }
    }

    /// A picture of one colour.
    func frame(index: Int, filledWith samples: [Int]) throws -> Frame {
        try frame(index: index) { plane, _, _ in samples[plane] }
    }

    /// What the picture's planes hold, one after the other without gaps.
    func samples(index: Int) -> [Int] {
        samples { plane, x, y in gradient(index, plane, x, y) }
    }

    private func samples(_ sample: (Int, Int, Int) -> Int) -> [Int] {
        (0..<3).flatMap { plane in
            (0..<layout.height(ofPlane: plane, forHeight: format.height)).flatMap { y in
                (0..<layout.width(ofPlane: plane, forWidth: format.width)).map { x in sample(plane, x, y) }
            }
        }
    }

    /// Within limited range, and smooth enough for a lossy codec.
    private func gradient(_ index: Int, _ plane: Int, _ x: Int, _ y: Int) -> Int {
        let value =
            switch plane {
            case 0: 16 + (2 * x + y + 8 * index) % 200
            case 1: 64 + x % 128
            default: 192 - y % 128
            }
        return value << (layout.bitsPerSample - 8)
    }
}
