import Capture
import Encode
import Live
import Logging
import Pipeline

/// A run from the command line. The input is opened once, and what it turns out to be chooses what runs on it: `Run` or
/// `LiveRun`.
struct InputRun {
    let config: Config
    let log: Logger
    let showsProgress: Bool

    /// - Returns: the exit code.
    func callAsFunction() async throws -> Int32 {
        // Viewers come before the input is there, and a camera may be waited for.
        if isLiveByName { return try await live() }
        try config.validate()
        // What is pushed is live, as will be seen, and a recording beside it is checked where it is opened.
        let isPushed = !config.encode.push.isEmpty
        if !isPushed { try config.encode.checkOutput() }
        return try await Opening(log: log) { interrupt, signals in
            log.debug("opening the input")
            let source = try config.openRecording(interrupt, log)
            if source.isLive { return try await live(source, interrupt, signals) }
            guard !isPushed else { throw EncodeError.pushOfAFile }
            try config.checkThatNoEventsAreAsked()
            return try await Run(config: config, log: log, showsProgress: showsProgress)(source, interrupt, signals)
        }
    }

    /// Whether it is live whatever is found behind its name.
    private var isLiveByName: Bool {
        config.capture.live || !config.named.isEmpty || VideoNodes.isCamera(config.capture.input)
            || config.encode.segment != nil
    }

    private func live(
        _ source: (any FrameSource)? = nil, _ interrupt: Interrupt? = nil, _ signals: Signals? = nil
    ) async throws -> Int32 {
        try config.checkThatNoSummaryIsAsked()
        return try await LiveRun(config: config, log: log, showsProgress: showsProgress)(source, interrupt, signals)
    }
}

extension Config {
    /// - Throws: `ConfigError` if the summary of a live run is asked for, which has no end.
    func checkThatNoSummaryIsAsked() throws(ConfigError) {
        guard summary != nil else { return }
        throw .misplaced(
            key: "--summary-json",
            advice: "it is for recordings; the figures of a live run are in /metrics, with --serve")
    }

    /// Puts cameras and patterns in place of names such as `0`, `webcam` and a folder.
    mutating func findInputs(_ log: Logger) throws(CaptureError) {
        func find(_ config: inout CaptureConfig) throws(CaptureError) {
            let named = config.input
            config.input = try InputName.inFull(named, waits: config.wait)
            if config.input != named { log.info("input \(redacted(named)) is \(redacted(config.input))") }
        }
        try find(&camera.capture)
        for index in named.indices { try find(&named[index].config.capture) }
    }

    /// Opens the input with all of its streams that the output takes.
    func openRecording(_ interrupt: Interrupt, _ log: Logger) throws(CaptureError) -> any FrameSource {
        var capture = self.capture
        capture.takesAuxiliaryStreams = self.encode.copyStreams && !self.encode.isAnalysis
        capture.keepsVideo = self.encode.keepVideo
        capture.takesSound = !self.encode.push.isEmpty
        return try openSource(capture, interrupt: interrupt) { change in
            log.log(level: change.isLoss ? .warning : .notice, "\(change)")
        }
    }
}
