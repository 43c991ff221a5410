import CFFmpeg
import Pipeline

/// Numbers a live input's pictures and gives them times from 0, over losses and returns.
struct LiveTimeline {
    static let timeBase = AVRational(num: 1, den: 1_000_000)

    private var timeline: Timeline
    private var origin: Int64?
    private(set) var count = 0

    /// - Parameter frameRate: what the input promises; it is only taken for how long a picture lasts.
    init(frameRate: AVRational) {
        timeline = Timeline(timeBase: Self.timeBase, frameRate: frameRate)
    }

    mutating func place(_ time: CaptureTime) -> (index: Int, pts: Int64, duration: Int64) {
        let start = origin ?? time.monotonic
        origin = start
        let (pts, duration) = timeline.place(pts: time.monotonic - start, duration: 0)
        defer { count += 1 }
        return (count, pts, duration)
    }
}
