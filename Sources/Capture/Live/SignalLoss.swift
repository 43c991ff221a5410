package import Pipeline

/// Why a live input gives no pictures now: one line without its full stop. `input` is a name without passwords.
package indirect enum SignalLoss: Error, Equatable, CustomStringConvertible {
    case camera(CameraError)
    /// The server has ended the stream.
    case ended(input: String)
    /// Nothing came.
    case silent(input: String, seconds: Double)
    /// Something came, and no picture was in it.
    case noPicture(input: String, seconds: Double)
    case broken(input: String, cause: FFmpegError)
    /// It was not there from the start.
    case notOpened(CaptureError)

    package var description: String {
        switch self {
        case .camera(let error): error.problem
        case .ended(let input): "\(input): its server has ended the stream"
        case .silent(let input, let seconds): "\(input) has sent nothing for \(shortSeconds(seconds)) s"
        case .noPicture(let input, let seconds):
            "\(input) has sent no frame that can be decoded for \(shortSeconds(seconds)) s"
        case .broken(let input, let cause): "\(input): \(cause)"
        case .notOpened(.camera(let error)): error.problem
        case .notOpened(.noSignal(let loss)): loss.description
        case .notOpened(let error):
            error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description
        }
    }
}

/// As few digits as the number needs.
func shortSeconds(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
}
