import Capture
import Daemon
import Encode
import Infer
import Logging
import Overlay
import Pipeline
import Serve
import Synchronization

/// The program on a live input: what comes is shown over HTTP, recorded, or both, until it is told to stop.
final class LiveRun: Sendable {
    private let log: Logger
    private let showsProgress: Bool
    private let service: LiveService?
    private let hub: LiveHub
    private let signal: SignalWatch
    private let control: LiveControl
    private let config: Mutex<Config>
    /// It goes on from one pipeline to the next, if its own settings are the same.
    private let recording = Mutex<(config: EncodeConfig, recorder: Recorder)?>(nil)

    /// A service has two seconds in all for its end. Files that take longer are completed by the next start.
    private static let timeToFinish = Duration.milliseconds(1500)

    /// - Parameter service: nil: somebody sits at the terminal.
    init(config: Config, log: Logger, showsProgress: Bool = false, service: LiveService? = nil) {
        self.log = log
        self.service = service
        self.showsProgress = showsProgress
        self.config = Mutex(config)
        hub = LiveHub(config.serve)
        signal = SignalWatch(hub, log)
        control = LiveControl()
    }

    /// Is told by an input, before the run or in it, that it is lost or back.
    func note(_ change: SignalChange) { signal.note(change) }

    /// - Returns: the exit code: 0 at the end of the input, and after SIGINT or SIGTERM, which are how a live run ends.
    ///
    /// - Parameter source: an input that is open already, and its interrupt.
    func callAsFunction(_ source: (any FrameSource)? = nil, _ interrupt: Interrupt? = nil) async throws -> Int32 {
        if let interrupt { control.expect(interrupt) }
        ProcessMemory.keepSmall()
        let config = self.config.withLock { $0 }
        try config.validate()
        let signals = Signals {
            self.service?.noteStop()
            self.control.stop()
        }
        let hangup = service.map { service in Hangup { service.reload { self.reload(service) } } }
        defer { withExtendedLifetime(hangup) {} }
        let server = try config.serve.map {
            try HTTPServer(
                $0, feed: hub.feed, program: hub.program.served, events: hub.events, metrics: hub.registry,
                logger: log)
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            if let server {
                group.addTask {
                    try await server.run(socket: self.service?.socket) { port in
                        self.announce(port, config.serve)
                        self.service?.noteListening()
                    }
                    return false
                }
            }
            if let service {
                group.addTask {
                    await service.run(self.hub)
                    return false
                }
            }
            group.addTask {
                defer { self.finishRecording() }
                try await self.runPipelines(source)
                return true
            }
            do {
                // The pipelines decide when it is over; a server that cannot listen ends all.
                while let isOver = try await group.next(), !isOver {}
            } catch {
                control.stop()
                throw error
            }
            group.cancelAll()
        }
        if let signal = signals.received { log.debug("ended by signal \(signal)") }
        log.notice("\(hub.ledger.counts.summary)")
        return ExitStatus.done.rawValue
    }

    /// Reads the settings again; wrong ones change nothing.
    private func reload(_ service: LiveService) {
        do {
            try take(try service.settings())
        } catch {
            log.error("\(error)")
            log.notice("the old settings are kept")
        }
    }

    /// Takes other settings: at once where the pipeline can go on, else with a new pipeline.
    private func take(_ new: Config) throws {
        var new = new
        let old = config.withLock { $0 }
        if new.serve != old.serve {
            log.warning("serve: these settings change only when the program is started again")
            new.serve = old.serve
        }
        guard new != old else { return log.notice("the settings are as they were") }
        if let settings = hub.program.settings, new.differsOnlyInLiveSettings(from: old) {
            try settings.follow(new)
            config.withLock { $0 = new }
            log.notice("the new settings hold")
        } else {
            control.restart(with: new)
        }
    }

    private func announce(_ port: Int, _ serve: ServeConfig?) {
        guard let serve, let host = try? serve.address.host else { return }
        let name = host.contains(":") ? "[\(host)]" : host
        log.notice("watch at \(serve.tlsCertificate == nil ? "http" : "https")://\(name):\(port)/")
    }

    /// One pipeline after the other, as settings are read again.
    private func runPipelines(_ opened: (any FrameSource)?) async throws {
        var source = opened
        var previous: Config?
        while let interrupt = control.begin() {
            let config = self.config.withLock { $0 }
            do {
                let pipeline = try open(config, interrupt, source.take())
                previous = nil
                try await pipeline?.run()
            } catch {
                guard let old = previous else { throw error }
                log.error("\(error)")
                log.notice("the old settings are kept")
                previous = nil
                self.config.withLock { $0 = old }
                continue
            }
            guard let next = control.takeNext() else { return }
            log.notice("starting again with the new settings")
            hub.program.pause("new settings are being read")
            hub.ledger.forgetSource()
            previous = config
            self.config.withLock { $0 = next }
        }
    }

    /// - Returns: nil if it was interrupted.
    private func open(
        _ config: Config, _ interrupt: Interrupt, _ opened: (any FrameSource)?
    ) throws -> LivePipeline? {
        let recorder = try openRecorder(config.encode)
        let source: any FrameSource
        do {
            source = try opened ?? openSource(config.capture, interrupt: interrupt, onSignal: signal.note)
        } catch CaptureError.interrupted {
            return nil
        }
        let explainer = try Explainer(
            config.infer, format: source.format, mapCount: config.overlay.layout.mapCount)
        log.info(
            "live input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height)")
        for note in source.notes + explainer.notes { log.info("\(note)") }
        let settings = LiveSettings(
            LiveSettings.Values(
                overlay: config.overlay, explainedClass: explainer.tuning.explainedClass,
                smoothing: config.infer.smoothing, isRecording: recorder != nil),
            labels: explainer.labels, method: explainer.method, canRecord: recorder != nil)
        hub.status.open(source: source.name, model: explainer.modelName)
        hub.program.start(settings)
        ProcessMemory.returnFreed()
        let sidecar = try config.encode.sidecar.map { (path) throws(EncodeError) in
            try SidecarWriter(path: path, replacing: config.encode.force)
        }
        let outlets = LiveOutlets(
            hub, settings, recording: recorder.map { LiveRecording($0, hub) }, sidecar: sidecar, method: explainer.method,
            progress: ProgressLine(isShown: showsProgress), service: service, log: log)
        return LivePipeline(
            source: source, explainer: explainer, settings: settings, outlets: outlets, signal: signal,
            interrupt: interrupt, log: log)
    }

    /// - Returns: nil if there is no output.
    private func openRecorder(_ config: EncodeConfig) throws(EncodeError) -> Recorder? {
        let known = recording.withLock { $0 }
        if let known, known.config == config { return known.recorder }
        known?.recorder.finish(within: Self.timeToFinish)
        recording.withLock { $0 = nil }
        guard !config.output.isEmpty else { return nil }
        let log = log
        let recorder = try Recorder(config) { event in
            log.log(level: event.isLoss ? .warning : .info, "\(event)")
        }
        recording.withLock { $0 = (config, recorder) }
        return recorder
    }

    /// Blocks until the files are complete.
    private func finishRecording() {
        guard let recorder = recording.withLock({ $0?.recorder }) else { return }
        recorder.finish(within: service == nil ? nil : Self.timeToFinish)
        hub.noteRecording(recorder.status)
    }
}

extension Config {
    /// Whether a running pipeline can take these settings in place of the others.
    fileprivate func differsOnlyInLiveSettings(from other: Config) -> Bool {
        var same = self
        same.overlay = other.overlay
        same.infer.explainedClass = other.infer.explainedClass
        same.infer.smoothing = other.infer.smoothing
        // A font is not looked for while pictures flow.
        return same == other && overlay.font == other.overlay.font
    }
}
