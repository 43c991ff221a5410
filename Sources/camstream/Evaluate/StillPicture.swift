import Capture
import Pipeline

/// A picture file, decoded.
enum StillPicture {
    /// Why a file that is there is no picture that can be looked at.
    enum Refusal: Error, CustomStringConvertible {
        case damaged, video
        case ended(frame: Int)

        var description: String {
            switch self {
            case .damaged: "it is damaged or was cut off"
            case .video: "it is a video, and no image"
            case .ended(let frame): "the video ends before frame \(frame)"
            }
        }
    }

    /// - Returns: why it cannot be looked at; nil: it was.
    /// - Throws: `CaptureError.interrupted`, and what `take` throws.
    static func read(
        _ path: String, _ interrupt: Interrupt, _ take: (borrowing Frame, VideoFormat) throws -> Void
    ) throws -> String? {
        var config = CaptureConfig()
        config.input = "file:\(path)"
        // A thread for a small file costs more than it saves.
        config.decoderThreads = 1
        return try refusal(of: path) {
            let source = try FileSource(config, interrupt: interrupt)
            guard source.isStill else { throw Refusal.video }
            guard let picture = try source.next() else { throw CaptureError.interrupted }
            guard source.corruptPackets == 0 else { throw Refusal.damaged }
            try take(picture, source.format)
        }
    }

    /// - Returns: what is wrong with the file; nil: nothing.
    /// - Throws: `CaptureError.interrupted`, and what is not about the file.
    static func refusal(of path: String, _ work: () throws -> Void) throws -> String? {
        do {
            try work()
            return nil
        } catch CaptureError.interrupted {
            throw CaptureError.interrupted
        } catch let error as CaptureError {
            var text = error.description
            if text.hasPrefix(path) { text = String(text.dropFirst(path.count)) }
            return String(text.drop { ": ".contains($0) })
        } catch let error as Refusal {
            return "\(error)"
        } catch let error as FFmpegError {
            return "it cannot be scaled: \(error)"
        }
    }
}
