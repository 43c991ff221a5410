import CFFmpeg
import Engine
import Glibc
import Infer
import Pipeline

/// One method at one precision, and the picture that it is given again and again.
final class TimedMethod {
    /// The name of what makes no map.
    static let forward = "forward"

    /// Method and precision.
    let name: String
    let start: Start
    private let explainer: Explainer
    private let picture: Frame
    private var count = 0
    private static let clock = ContinuousClock()

    struct Start: Encodable {
        /// From the file on disk to a classifier that is ready.
        let readyMs: Double
        /// From there to the first result.
        let firstMs: Double
        let capacity: Int
        let notes: [String]
    }

    /// How long pictures took, in milliseconds.
    struct Figures: Encodable {
        /// From the submission of a picture to its result, with no other in flight: the median.
        let latencyMs: Double
        /// From one result to the next with as many pictures in flight as the explainer takes: the mean. That is how
        /// camstream runs.
        let intervalMs: Double
        /// The process's CPU time in the latter, a picture: hardly depends on what else the machine does.
        let cpuMs: Double
    }

    /// - Parameter mapCount: 0: no map is made.
    init(_ config: InferConfig, mapCount: Int) throws {
        let format = VideoFormat(
            width: 224, height: 224, pixelFormat: AV_PIX_FMT_RGB24, colour: ColourTags(),
            timeBase: AVRational(num: 1, den: 30))
        picture = try Self.noise(format)
        let begin = Self.clock.now
        explainer = try Explainer(config, format: format, mapCount: mapCount)
        let ready = Self.clock.now
        name = "\(mapCount == 0 ? Self.forward : config.method.rawValue) \(config.precision.rawValue)"
        try explainer.submit(Self.copy(of: picture, 0))
        _ = try explainer.next()
        start = Start(
            readyMs: (ready - begin).milliseconds, firstMs: (Self.clock.now - ready).milliseconds,
            capacity: explainer.capacity, notes: explainer.notes)
    }

    func round(seconds: Double) throws -> Figures {
        // The caches hold what the contestant before left.
        try flush(after: 1)
        let latency = try latency(seconds: seconds)
        let (interval, cpu) = try interval(seconds: seconds)
        return Figures(latencyMs: latency, intervalMs: interval, cpuMs: cpu)
    }

    private func latency(seconds: Double) throws -> Double {
        var times: [Duration] = []
        let begin = Self.clock.now
        repeat {
            times.append(try Self.clock.measure { try flush(after: 1) })
        } while Self.clock.now - begin < .seconds(seconds)
        return times.sorted()[times.count / 2].milliseconds
    }

    private func interval(seconds: Double) throws -> (wall: Double, cpu: Double) {
        for _ in 0..<explainer.capacity { try submit() }
        _ = try explainer.next()
        let (begin, beginCPU) = (Self.clock.now, Self.cpuMs())
        var taken = 0
        repeat {
            try submit()
            _ = try explainer.next()
            taken += 1
        } while Self.clock.now - begin < .seconds(seconds)
        let (elapsed, cpu) = ((Self.clock.now - begin).milliseconds, Self.cpuMs() - beginCPU)
        try flush(after: 0)
        return (elapsed / Double(taken), cpu / Double(taken))
    }

    private static func cpuMs() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    /// Submits some pictures and takes all.
    private func flush(after pictures: Int) throws {
        for _ in 0..<pictures { try submit() }
        while try explainer.next() != nil {}
    }

    private func submit() throws {
        count += 1
        try explainer.submit(Self.copy(of: picture, count))
    }

    /// The same pixels at another time.
    private static func copy(of picture: borrowing Frame, _ index: Int) throws -> Frame {
        guard let av = av_frame_clone(picture.av) else { throw FFmpegError.outOfMemory("av_frame_clone") }
        return Frame(adopting: av, index: index, pts: Int64(index), duration: 1, timeBase: picture.timeBase)
    }

    private static func noise(_ format: VideoFormat) throws -> Frame {
        let frame = try FramePool(format).frame(index: 0, pts: 0, duration: 1, timeBase: format.timeBase)
        guard let pixels = frame.av.pointee.data.0 else { throw FFmpegError.outOfMemory("av_buffer_pool_get") }
        var state: UInt32 = 1
        for byte in 0..<format.height * Int(frame.av.pointee.linesize.0) {
            state = state &* 1_664_525 &+ 1_013_904_223
            pixels[byte] = UInt8(truncatingIfNeeded: state >> 24)
        }
        return frame
    }
}

extension Duration {
    fileprivate var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}
