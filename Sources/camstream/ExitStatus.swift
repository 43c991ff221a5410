import Capture
import Encode
import Infer
import Overlay
import Pipeline

/// The exit codes that docs/command.md promises, after sysexits.h.
enum ExitStatus: Int32 {
    case done = 0
    case otherFailure = 1
    /// Wrong options or settings.
    case usage = 64
    /// The input or the model cannot be used.
    case badInput = 65
    case cannotWrite = 73

    init(for error: any Error) {
        self =
            switch error {
            case is ConfigError: .usage
            case is CaptureError: .badInput
            case let error as InferError: error.isUsage ? .usage : .badInput
            case OverlayError.noSuchFont, OverlayError.cannotReadFont: .usage
            case let error as EncodeError: error.category == .usage ? .usage : .cannotWrite
            default: .otherFailure
            }
    }

    /// What a shell expects of a program that a signal ended.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}
