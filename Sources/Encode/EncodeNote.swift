/// What the output does not have as the input has it, for the caller to log. None is an error.
package enum EncodeNote: Equatable, Sendable, CustomStringConvertible {
    /// Sizes in pixels.
    case padded(codec: String, width: Int, height: Int, paddedWidth: Int, paddedHeight: Int)
    /// `stream`: such as "subtitle stream 1 (subrip, eng)". `fits`: endings of containers that hold it.
    case streamLeftOut(stream: String, container: String, fits: [String])
    /// A subtitle stream whose text is kept in another codec.
    case subtitlesConverted(stream: String, codec: String, container: String)
    case chaptersLeftOut(count: Int, container: String)
    /// `timecode`: such as "10:00:00:00".
    case timecodeLeftOut(timecode: String, container: String)
    case picturesHoldNoStreams(count: Int)
    case fixedRate(codecOrContainer: String, framesPerSecond: Double)
    case packetsLeftOut(count: Int)
    case toneMapped(codec: String)

    package var description: String {
        switch self {
        case .padded(let codec, let width, let height, let paddedWidth, let paddedHeight):
            "\(codec) takes no odd sizes: the picture's edge is repeated, "
                + "from \(width)x\(height) to \(paddedWidth)x\(paddedHeight)"
        case .streamLeftOut(let stream, let container, let fits):
            "\(stream) is left out: "
                + (fits.isEmpty
                    ? "neither \(container) nor another container of FFmpeg's holds it"
                    : "\(container) cannot hold it; write \(fits.joined(separator: " or ")) to keep it")
        case .subtitlesConverted(let stream, let codec, let container):
            "\(stream) is written as \(codec), with the same text and times: \(container) cannot hold it as it is"
        case .chaptersLeftOut(let count, let container):
            "\(count) \(count == 1 ? "chapter is" : "chapters are") left out: \(container) cannot hold them; "
                + "write .mkv or .mp4 to keep them"
        case .timecodeLeftOut(let timecode, let container):
            "the time code (\(timecode)) is left out: \(container) cannot hold it at this frame rate; write .mkv to keep it"
        case .picturesHoldNoStreams(let count):
            "\(count) \(count == 1 ? "stream" : "streams") beside the video (sound, subtitles, data) "
                + "\(count == 1 ? "is" : "are") left out: pictures hold none"
        case .fixedRate(let codecOrContainer, let framesPerSecond):
            "\(codecOrContainer) has a fixed rate: times are rounded to "
                + "1/\((framesPerSecond * 1000).rounded() / 1000) s; write .mp4 or .mkv to keep them"
        case .toneMapped(let codec):
            "\(codec) holds no HDR video: it is tone-mapped to SDR; choose libx264 or libx265 to keep it"
        case .packetsLeftOut(let count):
            "\(count) corrupt audio or subtitle \(count == 1 ? "packet was" : "packets were") left out"
        }
    }
}
