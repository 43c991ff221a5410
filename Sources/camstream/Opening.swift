import Capture
import Dispatch
import Encode
import Logging
import Pipeline

/// The work on a recording, with who listens to signals: one that comes before the first frame leaves nothing behind, and is
/// told in one line.
struct Opening {
    let log: Logger

    /// Milliseconds from a signal on for the input and the model to be opened.
    private static let timeToOpen = 1000
    private static let nothingWritten = "interrupted before the first frame: nothing is written"

    /// - Parameter work: takes the limit of time off the signals when all is open.
    /// - Returns: the exit code.
    func callAsFunction(_ work: (Interrupt, Signals) async throws -> Int32) async throws -> Int32 {
        let (interrupt, signals) = (Interrupt(), Signals())
        signals.onStop { interrupt.raise() }
        // Reading a model and compiling it cannot be told to end.
        signals.limit(
            .init(milliseconds: Self.timeToOpen) { [log] signal in
                log.notice("\(Self.nothingWritten)")
                return ExitStatus.interrupted(by: signal)
            })
        do {
            return try await work(interrupt, signals)
        } catch {
            // Before the first frame there is nothing to keep, and nothing else is wrong.
            guard let signal = signals.received, error.isLackOfFrames else { throw error }
            log.notice("\(Self.nothingWritten)")
            return ExitStatus.interrupted(by: signal)
        }
    }
}

extension Error {
    /// Whether no frame came: the input was interrupted, or the output got none.
    fileprivate var isLackOfFrames: Bool {
        if let error = self as? CaptureError { return error == .interrupted }
        if let error = self as? EncodeError, case .noFrames = error { return true }
        return false
    }
}
