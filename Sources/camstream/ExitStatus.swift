import Batch
import Capture
import Catalogue
import Encode
import Evaluate
import Events
import Fit
import Infer
import Overlay
import Pipeline
import Serve
import Teach
import Viewer

/// The exit codes that docs/reference/exit-codes.md promises, after sysexits.h.
enum ExitStatus: Int32 {
    case done = 0
    case otherFailure = 1
    /// Wrong options or settings.
    case usage = 64
    /// The input or the model cannot be used.
    case badInput = 65
    /// A model cannot be fetched: no network, no such file, another file than published; or the address to listen on is
    /// taken, or the device to compute on is not there.
    case unavailable = 69
    case cannotWrite = 73
    /// Of a batch: it may go well another time.
    case tryAgain = 75

    init(for error: any Error) {
        self =
            switch error {
            case SteadyError.tooShort: .badInput
            case is ConfigError, is CompareError, is SteadyError: .usage
            case let error as CaptureError: error.isUsage ? .usage : .badInput
            case let error as InferError where error.isLack: .otherFailure
            case let error as InferError: error.isUsage ? .usage : error.isUnavailable ? .unavailable : .badInput
            case HeadError.resources: .otherFailure
            case is HeadError: .badInput
            case let error as FitError: error.isUsage ? .usage : .badInput
            case let error as DataError: error.isUsage ? .usage : .badInput
            case let error as EvaluationError: error.isUsage ? .usage : .badInput
            case let error as CatalogueError: Self(error.category)
            case let error as TeachError: Self(error.category)
            case let error as BatchError: Self(error.category)
            case OverlayError.noSuchFont, OverlayError.cannotReadFont: .usage
            case ServeError.cannotListen: .unavailable
            case is ServeError: .usage
            case let error as ViewError: error.isAboutTheOutput ? .cannotWrite : .badInput
            case let error as EncodeError: Self(error.category)
            case EventsError.cannotWrite: .cannotWrite
            case EventsError.noSecret: .usage
            default: .otherFailure
            }
    }

    private init(_ category: CatalogueError.Category) {
        self =
            switch category {
            case .usage: .usage
            case .badInput: .badInput
            case .unavailable: .unavailable
            case .interrupted, .other: .otherFailure
            case .cannotWrite: .cannotWrite
            }
    }

    private init(_ category: TeachError.Category) {
        self =
            switch category {
            case .usage: .usage
            case .badInput: .badInput
            case .cannotWrite: .cannotWrite
            case .other: .otherFailure
            }
    }

    private init(_ category: BatchError.Category) {
        self =
            switch category {
            case .usage: .usage
            case .badInput: .badInput
            case .unavailable: .unavailable
            case .cannotWrite: .cannotWrite
            }
    }

    private init(_ category: EncodeError.Category) {
        self =
            switch category {
            case .usage: .usage
            case .cannotWrite: .cannotWrite
            case .other: .otherFailure
            }
    }

    /// What a shell expects of a program that a signal ended.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}
