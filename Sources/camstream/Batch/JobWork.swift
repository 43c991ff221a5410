import Batch
import CFFmpeg
import Capture
import Encode
import Infer
import Live
import Logging
import Overlay
import Pipeline
import Synchronization

/// Makes the results of one recording of a batch, as a run with the plan's settings does.
final class JobWork: Sendable {
    private let config: Config
    private let log: Logger
    private let models = SharedModels(keeping: 1, keepingReady: 1)
    private let stops = Mutex(Stops())

    private struct Stops {
        var isStopped = false
        var active: [ObjectIdentifier: Signals] = [:]
    }

    /// - Parameter log: gets warnings, and all else where it says more.
    init(_ head: PlanHead, _ log: Logger) throws {
        config = try head.config()
        self.log = log
    }

    /// Gives up what is under way, and all that follows.
    func stop(_ signal: Int32) {
        let active = stops.withLock { stops in
            stops.isStopped = true
            return Array(stops.active.values)
        }
        for signals in active { signals.receive(signal) }
    }

    func callAsFunction(_ job: PlannedJob, _ files: [String: String]) async throws(JobFailure) -> JobRunner.Made {
        var config = config
        config.capture.input = job.input
        config.encode.output = files["output"] ?? ""
        (config.encode.sidecar, config.encode.maps) = (files["sidecar"], files["maps"])
        (config.encode.report, config.encode.dwell) = (files["report"], files["dwell"])
        // Nobody else listens to signals for one job.
        let (interrupt, signals) = (Interrupt(), Signals([]))
        signals.onStop { interrupt.raise() }
        let isStopped = stops.withLock { stops in
            stops.active[ObjectIdentifier(signals)] = signals
            return stops.isStopped
        }
        defer { stops.withLock { $0.active[ObjectIdentifier(signals)] = nil } }
        if isStopped { throw .stopped }
        let result: Run.Result
        do {
            result = try await run(config, log.of(job), interrupt, signals)
        } catch {
            if signals.received != nil { throw .stopped }
            throw JobFailure(error)
        }
        if signals.received != nil { throw .stopped }
        if case .endedEarly(_, _, let cause)? = result.endedEarly, cause != nil || job.size == nil {
            // A device or a network that failed; of a file that was cut there is no more.
            throw .tryAgain(result.endedEarly.map { "\($0)" } ?? "")
        }
        return JobRunner.Made(
            frames: result.summary.done.count, corrupt: result.summary.corrupt, duration: result.digest?.length,
            precision: result.precision, seen: result.digest?.seen, problem: result.endedEarly.map { "\($0)" })
    }

    private func run(
        _ config: Config, _ log: Logger, _ interrupt: Interrupt, _ signals: Signals
    ) async throws -> Run.Result {
        try config.validate()
        try config.encode.checkOutput()
        let source = try config.openRecording(interrupt, log)
        if source.isLive { throw JobFailure.badInput("\(source.name) is a live stream, and no recording") }
        return try await Run(
            config: config, log: log, showsProgress: false, shared: models, makesDigest: true
        ).result(source, interrupt, signals)
    }
}

extension Logger {
    /// For what is said of one recording; what a run says of itself is left out unless all is wanted.
    fileprivate func of(_ job: PlannedJob) -> Logger {
        var log = self
        log[metadataKey: StandardErrorLog.camera] = "\(redacted(job.input))"
        if log.logLevel == .info { log.logLevel = .warning }
        return log
    }
}

extension JobFailure {
    /// What an error of a run means for a batch: another time may help, another recording may, or nothing.
    init(_ error: any Error) {
        self =
            switch error {
            case let failure as JobFailure: failure
            case CaptureError.interrupted: .stopped
            case CaptureError.outOfMemory: .machine("\(error)")
            case let error as CaptureError:
                error.mayPass
                    ? .tryAgain("\(error)")
                    : error.isUsage
                        ? .fatal("\(error)", exit: ExitStatus.usage.rawValue) : .badInput("\(error)")
            case EncodeError.noFrames: .badInput("it has no picture")
            case EncodeError.onePictureOnly: .fatal("\(error)", exit: ExitStatus.usage.rawValue)
            case EncodeError.encoderRefused, EncodeError.containerRefused: .badInput("\(error)")
            case let error as EncodeError where error.category == .usage: .badInput("\(error)")
            case is EncodeError: .machine("\(error)")
            case let error as InferError:
                error.isLack ? .machine("\(error)") : .fatal("\(error)", exit: ExitStatus(for: error).rawValue)
            case is ConfigError, is OverlayError: .fatal("\(error)", exit: ExitStatus(for: error).rawValue)
            case let error as FFmpegError where error.code == shim_error_out_of_memory: .machine("\(error)")
            case is FFmpegError: .badInput("\(error)")
            default: .machine("\(error)")
            }
    }
}

extension CaptureError {
    /// Whether it is the machine's or the network's trouble, and no word about the recording.
    fileprivate var mayPass: Bool {
        switch self {
        // What a server says of the address itself stays so.
        case .unreachable(_, let cause): !Self.refusals.contains(cause.code)
        case .noSignal: true
        case .cannotOpen(_, let cause), .notRecognised(_, let cause), .decoderFailed(_, _, let cause),
            .cannotConvert(_, _, let cause):
            [EIO, ESTALE, ENOMEM, EMFILE, ENFILE, EAGAIN].contains(-cause.code)
        default: false
        }
    }

    /// libavformat's codes of HTTP's 400, 401, 403 and 404.
    private static let refusals = ["400", "401", "403", "404"].map { digits in
        -digits.utf8.enumerated().reduce(Int32(0xF8)) { $0 | Int32($1.element) << Int32(8 * ($1.offset + 1)) }
    }
}
