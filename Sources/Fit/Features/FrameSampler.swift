import Capture
import Pipeline

/// Goes through the pictures of a file that are examples: one of a photograph, a few of a clip.
struct FrameSampler {
    /// Examples of one clip at most.
    let most: Int
    let interrupt: Interrupt

    /// Seconds from one example of a clip to the next, unless it is long.
    static let interval = 0.5

    /// - Parameter take: gets a picture, what all of the file's are like, and when it comes; nil: there is one only.
    /// - Throws: `CaptureError` where the file cannot be read, and what `take` throws.
    func callAsFunction(
        _ entry: DataList.Entry, _ take: (borrowing Frame, VideoFormat, _ seconds: Double?) throws -> Void
    ) throws {
        var config = CaptureConfig()
        config.input = "file:\(entry.path)"
        // A thread for each of many small files costs more than it saves; files are read side by side.
        config.decoderThreads = Self.isPicture(entry.path) ? 1 : 0
        let source = try FileSource(config, interrupt: interrupt)
        if source.isStill {
            guard entry.span == nil else { throw Refusal.noClip }
            guard let picture = try source.next() else { throw CaptureError.interrupted }
            guard source.corruptPackets == 0 else { throw Refusal.damaged }
            return try take(picture, source.format, nil)
        }
        let start = entry.span?.from ?? 0
        let end = entry.span?.to ?? .infinity
        let length = min(end, source.duration ?? .infinity) - start
        let interval = length.isFinite ? max(Self.interval, length / Double(most)) : Self.interval
        var count = 0
        // Times are rounded to the file's unit.
        while count < most, let picture = try source.next(from: start + Double(count) * interval - 1e-3),
            picture.seconds < end
        {
            try take(picture, source.format, picture.seconds)
            // After a gap not one picture for each that is missing.
            count = max(count + 1, Int((picture.seconds - start) / interval))
        }
        if count == 0 { throw Refusal.nothingInSpan }
    }

    /// The same of a file that may be one that cannot be read.
    ///
    /// - Returns: why it gave nothing, or no more; nil: all is well.
    /// - Throws: what `take` throws, other than `FFmpegError`.
    func refusal(
        of entry: DataList.Entry, _ take: (borrowing Frame, VideoFormat, _ seconds: Double?) throws -> Void
    ) throws -> String? {
        do {
            try self(entry, take)
            return nil
        } catch let error as CaptureError {
            return Self.reason(error, entry.path)
        } catch let error as Refusal {
            return error.description
        } catch let error as FFmpegError {
            return "it cannot be scaled: \(error)"
        }
    }

    /// Without the path, which stands before it.
    private static func reason(_ error: CaptureError, _ path: String) -> String {
        var text = error.description
        if text.hasPrefix(path) { text = String(text.dropFirst(path.count)) }
        return String(text.drop { ": ".contains($0) })
    }

    /// Why a file that can be read is left out.
    enum Refusal: Error, CustomStringConvertible {
        case damaged, noClip, nothingInSpan, emptyBox

        var description: String {
            switch self {
            case .damaged: "it is damaged or was cut off"
            case .noClip: "it is a single image, and the table gives times"
            case .nothingInSpan: "it has no image between the times that the table gives"
            case .emptyBox: "the box lies outside of the image"
            }
        }
    }

    private static let pictures: Set = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff", "ppm", "pgm", "pnm", "jp2", "avif", "tga",
    ]

    /// By its name.
    static func isPicture(_ path: String) -> Bool {
        guard let dot = path.lastIndex(of: ".") else { return false }
        return pictures.contains(path[path.index(after: dot)...].lowercased())
    }
}
