import CFFmpeg
import Capture
import Pipeline

/// Finds the frame that is shown at a time.
enum FrameSearch {
    /// - Parameter text: as FFmpeg reads lengths of time: "12.5", "1:02:03.5", "90s".
    /// - Returns: seconds.
    static func seconds(_ text: String) throws(CompareError) -> Double {
        var microseconds: Int64 = 0
        guard av_parse_time(&microseconds, text, 1) >= 0, microseconds >= 0 else { throw .noTime(text: text) }
        return Double(microseconds) / 1e6
    }

    /// - Parameter seconds: since the video's first frame; nil: the first frame.
    /// - Parameter progress: shows how far a long video has been gone through.
    /// - Throws: `CompareError` where there is no such frame, `CaptureError`.
    static func frame(of source: any FrameSource, at seconds: Double?, _ progress: ProgressLine) throws -> Frame {
        if seconds != nil, source.isLive { throw CompareError.timeOfLive(input: source.name) }
        guard var frame = try source.next() else { throw CaptureError.interrupted }
        guard let seconds, seconds > 0 else { return frame }
        if source.frameCountEstimate == 1 { throw CompareError.onePicture(input: source.name) }
        // Frames depend on earlier ones, and times may jump: the pictures are gone through.
        while let next = try source.next() {
            if next.seconds > seconds { return frame }
            progress.draw { _ in "\(ProgressLine.time(next.seconds)) of \(ProgressLine.time(seconds)) is read" }
            frame = next
        }
        let end = frame.seconds + length(of: frame, source.format)
        guard seconds < end else { throw CompareError.beyondEnd(input: source.name, end: end) }
        return frame
    }

    /// How long a frame is shown, in seconds.
    private static func length(of frame: borrowing Frame, _ format: VideoFormat) -> Double {
        if frame.duration > 0 { return Double(frame.duration) * av_q2d(frame.timeBase) }
        return format.frameRate.num > 0 ? 1 / av_q2d(format.frameRate) : 0
    }
}
