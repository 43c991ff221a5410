import Capture
import Catalogue
import Daemon
import Encode
import Engine
import Events
import Infer
import Live
import Logging
import Pipeline
import Serve
import Synchronization

/// The program on live inputs: what comes is shown over HTTP, recorded, or both, until it is told to stop. It gives its
/// cameras one server, one registry of metrics, one service manager, and models that they share.
final class LiveRun: Sendable {
    private let log: Logger
    private let showsProgress: Bool
    private let service: LiveService?
    private let audience: Audience
    private let outlets: [any EventOutlet]
    /// As it is at the start.
    private let config: Config
    /// The model that was compiled last is not compiled again for the next pipeline.
    /// And three in use or used lately, that viewers go back to: each may take as much memory as its model and its gradient.
    private let models = SharedModels(keeping: 1, keepingReady: 3)

    /// Milliseconds. A service has two seconds for its end, whatever hangs.
    private static let timeToStop = 1800

    private static let timeForOutlets = Duration.milliseconds(500)
    private static let leastTimeForOutlet = Duration.milliseconds(50)

    /// The server, its threads' stacks, fonts, and what waits for clients.
    private static let bytesOfServer = 128 << 20

    /// - Parameter service: nil: somebody sits at the terminal.
    ///
    /// - Throws: `ConfigError`, and what keeps events from going out.
    init(config: Config, log: Logger, showsProgress: Bool = false, service: LiveService? = nil) throws {
        self.log = log
        self.service = service
        self.showsProgress = showsProgress
        self.config = config
        try config.validate()
        let registry = Metrics()
        outlets = try config.openOutlets(registry, log)
        audience = Audience(
            config.serve, program: "camstream \(Camstream.version)", registry: registry, events: config.events,
            outlets: outlets)
        audience.registry.group([
            .init("camstream_log_lost_total", "Lines of the log that are lost, because nobody read them.")
        ]) { [.init("camstream_log_lost_total", Double(StandardError.lost))] }
    }

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
        for camera in config.cameras {
            // Before the server and the first slate, whose libraries end by a signal where there is no room for a thread.
            try EngineNeeds.check(model: camera.config.infer.model ?? "", beside: Self.bytesOfServer)
            if let path = camera.config.encode.report { throw EncodeError.reportOfLive(path: path) }
            if let path = camera.config.encode.dwell { throw EncodeError.dwellOfLive(path: path) }
            if let path = camera.config.encode.maps { throw EncodeError.mapsOfLive(path: path) }
        }
        try checkPushes()
        let signals = owned ?? Signals()
        let hubs = Dictionary(
            uniqueKeysWithValues: config.cameras.map { ($0.name, LiveHub(audience, camera: $0.name)) })
        let taught = try TaughtCameras(config.cameras)
        defer { taught.close() }
        defer { finishOutlets() }
        let cameras = try openCameras(hubs, taught, source, interrupt, signals)
        limitStop(signals)
        signals.onStop {
            cameras.stop()
            self.service?.noteStop()
        }
        Descriptors.raiseLimit()
        var limits = ConnectionLimits()
        limits.descriptors = Descriptors.limit
        let server = try config.serve.map { [limits] in
            try HTTPServer($0, cameras: cameras.served, metrics: audience.registry, limits: limits, logger: log)
        }
        let hangup = service.map { service in
            Hangup { service.reload { self.reload(service, cameras, taught, server) } }
        }
        defer { withExtendedLifetime(hangup) {} }
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
                    await service.run(cameras)
                    return false
                }
            }
            group.addTask {
                try await cameras.run()
                return true
            }
            do {
                // The cameras decide when it is over; a server that cannot listen ends all.
                while let isOver = try await group.next(), !isOver {}
            } catch {
                cameras.stop()
                throw error
            }
            group.cancelAll()
        }
        if let signal = signals.received { log.debug("ended by signal \(signal)") }
        return ExitStatus.done.rawValue
    }

    /// A server would take what two cameras send it for one picture.
    private func checkPushes() throws(EncodeError) {
        var taken: [PushTarget] = []
        for camera in config.cameras {
            for target in try camera.config.encode.pushTargets() {
                guard !taken.contains(target) else {
                    throw .badPush(
                        target: target.name,
                        problem: "two cameras are sent there; write \(NamedCamera.placeholder) into the address")
                }
                taken.append(target)
            }
        }
    }

    /// What happened at last goes out, as far as there is time for it.
    private func finishOutlets() {
        let end = ContinuousClock.now + Self.timeForOutlets
        for outlet in outlets { outlet.finish(within: max(end - .now, Self.leastTimeForOutlet)) }
    }

    private func openCameras(
        _ hubs: [String: LiveHub], _ taught: TaughtCameras, _ source: (any FrameSource)?, _ interrupt: Interrupt?,
        _ signals: Signals
    ) throws(LackOfResources) -> CameraSet {
        let progress = ProgressLine(isShown: showsProgress && config.named.isEmpty)
        let (service, audience, models, log) = (service, audience, models, log)
        let opened = Mutex(source)
        let unused = Mutex(hubs)
        return try CameraSet(config.cameras) { camera in
            var log = log
            if !camera.name.isEmpty { log[metadataKey: StandardErrorLog.camera] = "\(camera.name)" }
            let source = opened.withLock { $0.take() }
            // One that comes back under its name is another one for viewers.
            let hub = unused.withLock { $0.removeValue(forKey: camera.name) } ?? LiveHub(audience, camera: camera.name)
            return CameraRun(
                camera.config, hub, models: models,
                namedModels: { ModelFinder.ofThisProgram.installed.map { NamedModel(name: $0.name, path: $0.path) } },
                teaching: taught.teaching(camera.name, telling: hub.events), source: source,
                interrupt: source == nil ? nil : interrupt,
                limits: service == nil ? .none : .service,
                listeners: .init(
                    opened: { if service == nil { signals.limit(nil) } },
                    delivered: { count, label in
                        service?.notePicture()
                        progress.update(frames: count, label: label)
                    }), log: log)
        }
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
                    log.notice("ended before the first frame")
                }
                return ExitStatus.done.rawValue
            })
    }

    /// Reads the settings and the server's files of secrets again; wrong ones change nothing.
    private func reload(_ service: LiveService, _ cameras: CameraSet, _ taught: TaughtCameras, _ server: HTTPServer?) {
        let hasNewSecrets = readSecrets(server)
        do {
            var new = try service.settings()
            if new.serve != config.serve {
                log.warning("serve: these settings change only when the program is started again")
                new.serve = config.serve
            }
            if (new.events, new.hooks) != (config.events, config.hooks) || new.mqtt != config.mqtt {
                log.warning("events, mqtt, on: these settings change only when the program is started again")
                (new.events, new.mqtt, new.hooks) = (config.events, config.mqtt, config.hooks)
            }
            taught.keep(&new, log)
            try new.validate()
            let hasChanged = try taught.add(new.cameras) { try cameras.follow(new.cameras) }
            if !hasChanged, !hasNewSecrets { log.notice("the settings are as they were") }
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

    private func announce(_ port: Int, _ serve: ServeConfig?) {
        guard let serve, let host = try? serve.address.host else { return }
        let scheme = serve.tlsCertificate == nil ? "http" : "https"
        log.notice("watch at \(ServedAddress(scheme, host: host, port: port).text())")
    }
}
