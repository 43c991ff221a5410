import Capture
import Encode
import Infer
import Logging
import Overlay
import Pipeline
import Serve

/// The program on a live input: what comes is shown over HTTP, recorded, or both, until it is told to stop.
struct LiveRun {
    let config: Config
    let log: Logger
    let showsProgress: Bool

    /// - Returns: the exit code: 0 at the end of the input, and after SIGINT or SIGTERM, which are how a live run ends.
    func callAsFunction() async throws -> Int32 {
        ProcessMemory.keepSmall()
        try config.validate()
        let interrupt = Interrupt()
        let signals = Signals { interrupt.raise() }
        let registry = Metrics()
        let events = EventHub(maximumClients: config.serve?.maximumClients ?? 1)
        let feed = LiveFeed(
            maximumClients: config.serve?.maximumClients ?? 1, quality: config.serve?.quality ?? 80, metrics: registry)
        let ledger = FrameLedger { events.publish(.dropped(count: $0, reason: $1)) }
        let status = LiveStatus()
        let program = LiveProgram(status, ledger)
        let server = try config.serve.map {
            try HTTPServer(
                $0, feed: feed, program: program.served, events: events, metrics: registry, logger: log)
        }
        let metrics = LiveMetrics(registry, ledger, status)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            if let server {
                group.addTask {
                    try await server.run { port in announce(port) }
                    return false
                }
            }
            group.addTask {
                try await runPipeline(
                    interrupt, program, metrics, registry, ledger, status, feed, events)
                return true
            }
            do {
                // The pipeline decides when it is over; a server that cannot listen ends all.
                while let isOver = try await group.next(), !isOver {}
            } catch {
                interrupt.raise()
                throw error
            }
            group.cancelAll()
        }
        if let signal = signals.received { log.debug("ended by signal \(signal)") }
        return ExitStatus.done.rawValue
    }

    private func announce(_ port: Int) {
        guard let serve = config.serve, let host = try? serve.address.host else { return }
        let name = host.contains(":") ? "[\(host)]" : host
        log.notice("watch at \(serve.tlsCertificate == nil ? "http" : "https")://\(name):\(port)/")
    }

    private func runPipeline(
        _ interrupt: Interrupt, _ program: LiveProgram, _ metrics: LiveMetrics, _ registry: Metrics,
        _ ledger: FrameLedger, _ status: LiveStatus, _ feed: LiveFeed, _ events: EventHub
    ) async throws {
        let signal = SignalWatch(status, metrics, events, log)
        let source: any FrameSource
        do {
            source = try openSource(config.capture, interrupt: interrupt, onSignal: signal.note)
        } catch .interrupted {
            return
        }
        let explainer = try Explainer(
            config.infer, format: source.format, mapCount: config.overlay.layout.mapCount)
        log.info(
            "live input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height); the newest frame wins"
        )
        for note in source.notes + explainer.notes { log.info("\(note)") }
        let settings = LiveSettings(
            LiveSettings.Values(
                overlay: config.overlay, explainedClass: explainer.tuning.explainedClass,
                smoothing: config.infer.smoothing, isRecording: !config.encode.output.isEmpty),
            labels: explainer.labels, method: explainer.method, canRecord: !config.encode.output.isEmpty)
        status.open(source: source.name, model: explainer.modelName)
        program.start(settings)
        ProcessMemory.returnFreed()
        let outlets = LiveOutlets(
            registry: registry, metrics: metrics, ledger: ledger, status: status, feed: feed, events: events,
            sidecar: nil, method: explainer.method, progress: ProgressLine(isShown: showsProgress))
        try await LivePipeline(
            source: source, explainer: explainer, settings: settings, outlets: outlets, signal: signal,
            interrupt: interrupt, log: log
        ).run()
    }
}
