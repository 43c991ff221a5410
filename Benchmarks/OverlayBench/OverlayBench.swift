import CFFmpeg
import Overlay
import Pipeline

/// Prints how long the overlay takes on one core, without anything around it: `CAMSTREAM_BENCHMARKS=1 swift run -c release overlay-bench`.
@main
struct OverlayBench {
    static func main() throws {
        var heat = OverlayConfig()
        (heat.labels, heat.colourBar) = (.none, false)
        var mix = heat
        mix.blend = .mix
        print("1920x1080, map 7x7, ms per picture (median of 300)")
        for kernel in BlendKernel.allCases where kernel.isAvailable {
            let figures = [
                ("4:2:0 8-bit mix", try median(mix, "yuv420p", kernel)),
                ("attention", try median(heat, "yuv420p", kernel)),
                ("10-bit attention", try median(heat, "yuv420p10le", kernel)),
                ("4:4:4 8-bit attention", try median(heat, "yuv444p", kernel)),
            ]
            print(
                kernel.rawValue,
                figures.map { "\($0.0) \(rounded($0.1))" }.joined(separator: ", "), separator: ": ")
        }
        print("with label and colour bar: \(rounded(try median(OverlayConfig(), "yuv420p", .fastest)))")
        var all = OverlayConfig()
        (all.labels, all.box) = (.top5, true)
        print("with five labels, box and colour bar: \(rounded(try median(all, "yuv420p", .fastest)))")
        all.layout = .grid
        print("grid: \(rounded(try median(all, "yuv420p", .fastest)))")
        let map = heatmap(width: 1280, height: 720)
        let measures = time {
            _ = map.peak(pictureWidth: 1280, pictureHeight: 720)
            _ = map.hotBox(pictureWidth: 1280, pictureHeight: 720)
            _ = map.hotShare(pictureWidth: 1280, pictureHeight: 720)
        }
        print("peak, box and share of a 7x7 map at 1280x720: \(rounded(measures))")
    }

    private static func median(_ config: OverlayConfig, _ pixelFormat: String, _ kernel: BlendKernel) throws -> Double {
        let second = AVRational(num: 1, den: 1000)
        let format = VideoFormat(
            width: 1920, height: 1080, pixelFormat: av_get_pix_fmt(pixelFormat), colour: ColourTags(), timeBase: second)
        let painter = try Painter(config, input: format, kernel: kernel)
        let pool = try FramePool(format)
        guard let av = av_frame_alloc(), let layout = PixelLayout(format.pixelFormat) else { return .nan }
        let blank = Frame(adopting: av, index: 0, pts: 0, duration: 1, timeBase: second)
        let picture = try pool.frame(timedLike: blank)
        fill(picture, layout)
        let map = heatmap(width: 1920, height: 1080)
        var share: Float = 0.8
        return try time {
            // Another probability for every picture, so that the label is drawn anew.
            share = share == 0.8 ? 0.799 : 0.8
            let top = (0..<5).map { Prediction(classID: $0, label: "Egyptian cat", probability: share / Float($0 + 1)) }
            guard let copy = av_frame_clone(picture.av) else { return }
            let frame = Frame(adopting: copy, timedLike: picture)
            _ = try painter.paint(
                Explained(frame: frame, top: top, observations: top.map { Observation(prediction: $0, heatmap: map) }))
        }
    }

    /// Median of 300 runs after 20 that warm up, in milliseconds.
    private static func time(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        var durations: [Duration] = []
        for run in 0..<320 {
            let duration = try clock.measure(work)
            if run >= 20 { durations.append(duration) }
        }
        let middle = durations.sorted()[durations.count / 2].components
        return Double(middle.seconds) * 1000 + Double(middle.attoseconds) / 1e15
    }

    /// As classifiers make them: warm in the middle, cold at the edges.
    private static func heatmap(width: Double, height: Double) -> Heatmap {
        let values = (0..<49).map { i in
            let (x, y) = (Float(i % 7) - 3.2, Float(i / 7) - 2.7)
            return max(0, 1 - (x * x + y * y) / 12)
        }
        return Heatmap(
            height: 7, width: 7, values: values, region: Region(x: 0, y: 0, width: width, height: height))
    }

    private static func fill(_ picture: borrowing Frame, _ layout: PixelLayout) {
        var state: UInt32 = 1
        for number in 0..<3 {
            let plane = picture.plane(number, layout)
            for y in 0..<plane.height {
                for x in 0..<plane.width * layout.bytesPerSample {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    let isHighByte = layout.bytesPerSample == 2 && x % 2 == 1
                    plane.row(y).storeBytes(
                        of: UInt8(truncatingIfNeeded: state >> 24) & (isHighByte ? 3 : 255), toByteOffset: x,
                        as: UInt8.self)
                }
            }
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
