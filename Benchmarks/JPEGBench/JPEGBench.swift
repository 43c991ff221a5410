import CFFmpeg
import Pipeline
import Serve

/// Prints how long a picture takes to become a JPEG on one core: `CAMSTREAM_BENCHMARKS=1 swift run -c release jpeg-bench`.
///
/// A picture that is stored as JPEG wants it is only compressed. The exact conversion, which other pixel formats take,
/// stands beside that of 8-bit video. All take turns.
@main
struct JPEGBench {
    static func main() throws {
        for (width, height) in [(640, 360), (1280, 720), (1920, 1080)] {
            let video = ColourTags(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709)
            let stored = ColourTags(
                range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG, chromaLocation: AVCHROMA_LOC_CENTER)
            let (limited, full) = (format(width, height, video), format(width, height, stored))
            let source = try picture(limited)
            let plain = try picture(full)
            let encoder = JPEGEncoder(quality: 80)
            guard let colours = JPEGColours(from: limited, to: full) else { continue }
            let scaler = try Scaler(from: .init(placingChromaOf: limited), to: .init(placingChromaOf: full), .exact)
            let target = try FramePool(full).frame(timedLike: source)
            var times: [[Double]] = [[], [], [], []]
            var bytes = 0
            for run in 0..<220 {
                let both = try milliseconds { bytes = try encoder.encode(source) { $0.count } }
                let compressed = try milliseconds { _ = try encoder.encode(plain) { $0.count } }
                let converted = milliseconds { colours.convert(source, into: target) }
                let exact = try milliseconds { try scaler.scale(source, into: target) }
                if run >= 20 {
                    for (i, time) in [both, compressed, converted, exact].enumerated() { times[i].append(time) }
                }
            }
            let medians = times.map { rounded($0.sorted()[$0.count / 2]) }
            print(
                "\(width)x\(height), \(bytes / 1024) KB: video to JPEG \(medians[0]) ms, of which compression",
                "\(medians[1]) ms, conversion \(medians[2]) ms; exact conversion \(medians[3]) ms")
        }
    }

    private static func milliseconds(_ work: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure(work).components
        return Double(time.seconds) * 1000 + Double(time.attoseconds) / 1e15
    }

    private static func format(_ width: Int, _ height: Int, _ colour: ColourTags) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelFormat: AV_PIX_FMT_YUV420P, colour: colour,
            sampleAspectRatio: AVRational(num: 1, den: 1), timeBase: AVRational(num: 1, den: 1000))
    }

    /// Slopes and edges with some noise, about as hard to compress as a camera's picture.
    private static func picture(_ format: VideoFormat) throws -> Frame {
        let time = Frame(adopting: av_frame_alloc(), index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        let picture = try FramePool(format).frame(timedLike: time)
        let layout = PixelLayout(format.pixelFormat)!
        var state: UInt32 = 1
        for number in 0..<3 {
            let plane = picture.plane(number, layout)
            for y in 0..<plane.height {
                for x in 0..<plane.width {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    let slope = (x * 96 / plane.width) + (y * 64 / plane.height)
                    let edge = (x / 37 + y / 29) % 2 * 24
                    let sample = 40 + slope + edge + Int(state >> 29)
                    plane.row(y).storeBytes(of: UInt8(sample), toByteOffset: x, as: UInt8.self)
                }
            }
        }
        return picture
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
