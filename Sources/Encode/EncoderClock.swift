import CFFmpeg
import Pipeline

/// The unit in which an encoder counts time: the input's, so that each picture keeps its own time, unless codec or
/// container know only a fixed rate.
struct EncoderClock {
    let timeBase: AVRational
    /// Pictures a second, where they must come at a fixed rate, and what demands it.
    let fixed: (rate: AVRational, by: String)?

    /// - Parameter container: nil where each picture is a file of its own.
    init(_ format: VideoFormat, _ codec: UnsafePointer<AVCodec>, _ container: UnsafePointer<AVOutputFormat>?) {
        let rate = format.frameRate.num > 0 && format.frameRate.den > 0 ? format.frameRate : AVRational(num: 25, den: 1)
        let containerName = container.map { String(cString: $0.pointee.name) } ?? ""
        if let rates = shim_encoder_frame_rates(codec) {
            let allowed = rates[Int(av_find_nearest_q_idx(rate, rates))]
            fixed = (allowed, codec.name)
            timeBase = AVRational(num: allowed.den, den: allowed.num)
        } else if Self.fixedRateContainers.contains(containerName) {
            fixed = (rate, containerName)
            timeBase = AVRational(num: rate.den, den: rate.num)
        } else {
            fixed = nil
            timeBase = Self.withinLimit(of: codec, format.timeBase)
        }
    }

    /// They count pictures, or fill every gap with empty ones. FFmpeg's flag for it is missing in MP4, which is free.
    private static let fixedRateContainers: Set<String> = ["avi", "dv", "gxf", "mxf", "ogg", "ogv", "yuv4mpegpipe"]

    /// MPEG-4 has 16 bits for ticks a second.
    private static func withinLimit(of codec: UnsafePointer<AVCodec>, _ timeBase: AVRational) -> AVRational {
        guard codec.pointee.id == AV_CODEC_ID_MPEG4, timeBase.den > 65535 else { return timeBase }
        let divisor = (timeBase.den - 1) / 65535 + 1
        return AVRational(num: timeBase.num, den: timeBase.den / divisor)
    }
}
