import Capture
import Daemon
import Dispatch
import Encode
import Engine
import Glibc
import Infer
import Logging
import Overlay
import Pipeline
import Serve
import Synchronization
import Tracking

/// The program on a live input: what comes is shown over HTTP, recorded, or both, until it is told to stop.
final class LiveRun: Sendable {
    private let log: Logger
    private let showsProgress: Bool
    private let service: LiveService?
    private let hub: LiveHub
    private let signal: SignalWatch
    /// As it is at the start.
    private let config: Config
    /// What is written goes on from one pipeline to the next, if its own settings are the same.
    private let files = Mutex<LiveFiles?>(nil)
    /// The model that was compiled last is not compiled again for the next pipeline.
    private let models = SharedModels(keeping: 1)

    /// Milliseconds. A service has two seconds for its end, whatever hangs.
    private static let timeToStop = 1800
    /// Files that take longer are completed by the next start.
    private static let timeToFinish = Duration.milliseconds(1200)
    /// Of them, for the pictures that wait for the encoder.
    private static let timeToDrain = Duration.milliseconds(400)

    /// The server, its threads' stacks, fonts, and what waits for clients.
    private static let bytesOfServer = 128 << 20

    /// - Parameter service: nil: somebody sits at the terminal.
    init(config: Config, log: Logger, showsProgress: Bool = false, service: LiveService? = nil) {
        self.log = log
        self.service = service
        self.showsProgress = showsProgress
        self.config = config
        hub = LiveHub(config.serve)
        signal = SignalWatch(hub, log)
    }

    /// Is told by an input, before the run or in it, that it is lost or back.
    func note(_ change: SignalChange) { signal.note(change) }

    /// - Returns: the exit code: 0 at the end of the input, and after SIGINT or SIGTERM, which are how a live run ends.
    ///
    /// - Parameters:
    ///   - source: an input that is open already, and its interrupt.
    ///   - owned: the process's signals, where somebody listens to them already.
    func callAsFunction(
        _ source: (any FrameSource)? = nil, _ interrupt: Interrupt? = nil, _ owned: Signals? = nil
    ) async throws -> Int32 {
        let config = config
        // Whoever stops reading the log must not hold up the pictures.
        StandardError.neverWaits()
        try config.validate()
        // Before the server and the first board, whose libraries end by a signal where there is no room for a thread.
        try EngineNeeds.check(model: config.infer.model ?? "", beside: Self.bytesOfServer)
        if let path = config.encode.maps { throw EncodeError.mapsOfLive(path: path) }
        let reloading = Reload(config, interrupt, log)
        let signals = owned ?? Signals()
        limitStop(signals)
        signals.onStop {
            reloading.stop()
            self.service?.noteStop()
        }
        Descriptors.raiseLimit()
        var limits = ConnectionLimits()
        limits.descriptors = Descriptors.limit
        let server = try config.serve.map { [limits] in
            try HTTPServer(
                $0, cameras: ServedCameras([hub.served]), metrics: hub.registry, limits: limits, logger: log)
        }
        let hangup = service.map { service in Hangup { service.reload { self.reload(service, reloading, server) } } }
        defer { withExtendedLifetime(hangup) {} }
        let main = try StageThread("run")
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
            // A thread of its own: to open an input, to load a model and to complete files takes long.
            group.addTask(executorPreference: main) {
                do {
                    try await self.runPipelines(reloading, signals, source)
                } catch {
                    // What was recorded until then is kept.
                    try self.finishFiles()
                    throw error
                }
                try self.finishFiles()
                return true
            }
            do {
                // The pipelines decide when it is over; a server that cannot listen ends all.
                while let isOver = try await group.next(), !isOver {}
            } catch {
                reloading.stop()
                throw error
            }
            group.cancelAll()
        }
        if let signal = signals.received { log.debug("ended by signal \(signal)") }
        let lost = hub.metrics.sidecarDropped.value
        let lack = lost > 0 ? "; the sidecar lacks \(lost) lines" : ""
        log.notice("\(hub.ledger.counts.summary); label switches: \(hub.metrics.labelSwitches.value)\(lack)")
        return ExitStatus.done.rawValue
    }

    /// Ends the program when its end takes too long: an encoder that needs seconds for a picture, a driver that hangs. The
    /// recording is then as after a power cut. Who sits at a terminal waits as long as they like, but for a first picture.
    private func limitStop(_ signals: Signals) {
        let isService = service != nil
        signals.limit(
            .init(milliseconds: Self.timeToStop) { [log] _ in
                if isService {
                    log.warning("the end takes too long: what is not finished yet is completed by the next start")
                } else {
                    log.notice("ended before the first picture")
                }
                return ExitStatus.done.rawValue
            })
    }

    /// Reads the settings and the server's files of secrets again; wrong ones change nothing.
    private func reload(_ service: LiveService, _ reloading: Reload, _ server: HTTPServer?) {
        let hasNewSecrets = readSecrets(server)
        do {
            var new = try service.settings()
            if new.serve != config.serve {
                log.warning("serve: these settings change only when the program is started again")
                new.serve = config.serve
            }
            switch try reloading.take(new, apply) {
            case .unchanged: if !hasNewSecrets { log.notice("the settings are as they were") }
            case .taken: log.notice("the new settings hold")
            case .waiting: log.info("the new settings hold as soon as the pipeline is open")
            case .restarting: break  // told when the next pipeline is opened
            }
        } catch {
            log.error("\(error)")
            log.notice("the old settings are kept")
        }
    }

    /// - Returns: whether anything was said of them.
    private func readSecrets(_ server: HTTPServer?) -> Bool {
        do {
            guard let change = try server?.readSecretsAgain() else { return false }
            if change.secrets {
                log.notice("other tokens or passwords hold: all clients have to come in again")
            }
            if change.certificate { log.notice("new connections get the new certificate") }
            return change.secrets || change.certificate
        } catch {
            log.error("\(error)")
            log.notice("the old tokens, passwords and certificate are kept")
            return true
        }
    }

    /// Hands an open pipeline other settings.
    @Sendable private func apply(_ new: Config) throws {
        guard let settings = hub.program.settings else { return }
        try settings.follow(new)
        hub.events.publish(.settings(settings.list.map { .init(key: $0.key, value: $0.value) }))
    }

    private func announce(_ port: Int, _ serve: ServeConfig?) {
        guard let serve, let host = try? serve.address.host else { return }
        let name = host.contains(":") ? "[\(host)]" : host
        log.notice("watch at \(serve.tlsCertificate == nil ? "http" : "https")://\(name):\(port)/")
    }

    /// One pipeline after the other, as settings are read again.
    private func runPipelines(
        _ reloading: Reload, _ signals: Signals, _ opened: (any FrameSource)?
    ) async throws {
        let first = Mutex(opened)
        try await reloading.run(
            { attempt in
                if attempt.reason != .start {
                    self.hub.program.pause("new settings are being read")
                    self.hub.ledger.forgetSource()
                }
                var config = attempt.config
                // An input that was there is no reason to end when it is away just now.
                if attempt.reason == .oldSettings { config.capture.wait = true }
                let pipeline = try self.open(config, attempt.interrupt, first.withLock { $0.take() })
                if self.service == nil { signals.limit(nil) }
                return pipeline.map { pipeline in { try await pipeline.run() } }
            }, apply)
    }

    /// - Returns: nil if it was interrupted.
    private func open(
        _ config: Config, _ interrupt: Interrupt, _ opened: (any FrameSource)?
    ) throws -> LivePipeline? {
        try config.infer.method.checkForLiveInput()
        let files = try openFiles(config.encode)
        let waiting = WaitingSlate(hub, log)
        signal.connect(show: waiting.show, onReturn: {})
        waiting.show(["camstream is starting"])
        let source: any FrameSource
        do {
            source = try opened ?? openSource(config.capture, interrupt: interrupt, onSignal: signal.note)
        } catch CaptureError.interrupted {
            return nil
        }
        var infer = config.infer
        // The pipeline leaves frames out by itself.
        infer.camEvery = 1
        infer.pace = .live
        let explainer = try Explainer(
            infer, format: source.format, mapCount: config.overlay.layout.mapCount, shared: models)
        log.info(
            "live input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height)")
        for note in source.notes + explainer.notes { log.info("\(note)") }
        log.warnOfMissingGlyphs(explainer.labels, config.overlay)
        let canRecord = files.recorder != nil
        let asked = LiveSettings.Values(
            config, explainedClass: explainer.settings.explainedClass, isRecording: canRecord)
        // What viewers have changed outlives a reload.
        let settings =
            hub.program.settings
            ?? LiveSettings(asked, labels: explainer.labels, method: explainer.method, canRecord: canRecord)
        settings.follow(asked, labels: explainer.labels, method: explainer.method, canRecord: canRecord)
        hub.status.open(source: source.name, model: explainer.modelName)
        hub.program.start(settings)
        hub.events.publish(.state(hub.program.snapshot))
        ProcessMemory.returnFreed()
        let outlets = LiveOutlets(
            hub, settings,
            recording: files.recorder.map {
                LiveRecording($0, hub, timeToDrain: service == nil ? nil : Self.timeToDrain)
            }, sidecar: files.sidecar, method: explainer.method, progress: ProgressLine(isShown: showsProgress),
            service: service, log: log)
        return LivePipeline(
            source: source, explainer: explainer, settings: settings, outlets: outlets, signal: signal,
            interrupt: interrupt, log: log, camEvery: config.infer.camEvery)
    }

    private func finishFiles() throws(EncodeError) {
        let files = files.withLock { $0.take() }
        try files?.finish(within: service == nil ? nil : Self.timeToFinish)
    }

    private func openFiles(_ config: EncodeConfig) throws -> LiveFiles {
        let known = files.withLock { $0 }
        if let known, known.config == config { return known }
        // Wrong settings are told before the files of the old ones end.
        let new = try LiveFiles(config, after: known, hub, log)
        files.withLock { $0 = new }
        try known?.handOver(to: new)
        return new
    }
}
