import CFFmpeg
import Pipeline

/// Opens an input that may not be there yet, such as a camera that is off when a daemon starts: tries again and again,
/// by the back-off, until it is there.
///
/// - Parameter onSignal: is told once that it is not there, and why, and once that it is.
/// - Throws: what cannot become right by itself, and `CaptureError.interrupted`.
func waitForInput(
    _ interrupt: Interrupt, _ clock: any SystemClock, _ onSignal: (SignalChange) -> Void,
    _ open: () throws(CaptureError) -> any FrameSource
) throws(CaptureError) -> any FrameSource {
    let start = clock.captureTime
    var backoff = Backoff()
    var isTold = false
    while true {
        do throws(CaptureError) {
            let source = try open()
            if isTold {
                onSignal(.found(input: source.name, after: Double(clock.monotonicTime - start.monotonic) / 1e6))
            }
            return source
        } catch {
            guard error.mayPass else { throw error }
            if !isTold { onSignal(.lost(since: start, cause: .notOpened(error))) }
            isTold = true
        }
        guard interrupt.wait(backoff.next(), { clock.sleep(milliseconds: $0) }) else { throw .interrupted }
    }
}

extension CaptureError {
    /// Whether the same input may open later, with nobody changing the settings.
    var mayPass: Bool {
        switch self {
        case .camera(.notACamera), .camera(.noUsableFormat): false
        case .camera(let error): !error.isUsage
        case .unreachable(_, let cause): cause.code != shim_error_unauthorized
        case .notRecognised, .noSignal, .nothingDecoded, .noVideo, .cannotOpen, .isText, .empty, .tooManyRedirects: true
        default: false
        }
    }
}
