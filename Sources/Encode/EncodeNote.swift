/// What the output does not have as the input has it, for the caller to log. None is an error.
package enum EncodeNote: Equatable, Sendable, CustomStringConvertible {
    /// Sizes in pixels.
    case padded(codec: String, width: Int, height: Int, paddedWidth: Int, paddedHeight: Int)
    /// `stream`: such as "subtitle stream 1 (subrip, eng)".
    case streamLeftOut(stream: String, container: String)
    case picturesHoldNoStreams(count: Int)
    case fixedRate(codecOrContainer: String, framesPerSecond: Double)
    case packetsLeftOut(count: Int)

    package var description: String {
        switch self {
        case .padded(let codec, let width, let height, let paddedWidth, let paddedHeight):
            "\(codec) takes no odd sizes: the picture's edge is repeated, "
                + "from \(width)x\(height) to \(paddedWidth)x\(paddedHeight)"
        case .streamLeftOut(let stream, let container):
            "\(stream) is left out: \(container) cannot hold it; write .mkv to keep it"
        case .picturesHoldNoStreams(let count):
            "\(count) audio or subtitle \(count == 1 ? "stream is" : "streams are") left out: pictures hold none"
        case .fixedRate(let codecOrContainer, let framesPerSecond):
            "\(codecOrContainer) has a fixed rate: times are rounded to "
                + "1/\((framesPerSecond * 1000).rounded() / 1000) s; write .mp4 or .mkv to keep them"
        case .packetsLeftOut(let count):
            "\(count) corrupt audio or subtitle \(count == 1 ? "packet was" : "packets were") left out"
        }
    }
}
