import Capture
import Evaluate
import Pipeline

/// Opens pictures that are judged: files, and frames of videos. Frames of one video come fastest in their order.
final class PictureReader {
    private struct Video {
        let path: String
        let source: FileSource
        /// The number of the frame that comes next.
        var next = 0
    }

    private var video: Video?

    /// - Returns: why it cannot be looked at; nil: it was.
    /// - Throws: `CaptureError.interrupted`, and what `take` throws.
    func read(
        _ picture: LabelledPicture, _ interrupt: Interrupt, _ take: (borrowing Frame, VideoFormat) throws -> Void
    ) throws -> String? {
        guard let frame = picture.frame else { return try StillPicture.read(picture.path, interrupt, take) }
        return try StillPicture.refusal(of: picture.path) {
            var video = try opened(picture.path, before: frame, interrupt)
            // After an error the file is opened anew.
            self.video = nil
            while true {
                guard let seen = try video.source.next() else {
                    if interrupt.isRaised { throw CaptureError.interrupted }
                    throw StillPicture.Refusal.ended(frame: frame)
                }
                video.next += 1
                guard video.next > frame else { continue }
                try take(seen, video.source.format)
                self.video = video
                return
            }
        }
    }

    private func opened(_ path: String, before frame: Int, _ interrupt: Interrupt) throws -> Video {
        if let video, video.path == path, video.next <= frame { return video }
        var config = CaptureConfig()
        config.input = "file:\(path)"
        return Video(path: path, source: try FileSource(config, interrupt: interrupt))
    }
}
