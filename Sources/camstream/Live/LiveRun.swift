import Capture
import Daemon
import Dispatch
import Encode
import Engine
import Glibc
import Infer
import Live
import Logging
import Pipeline
import Serve
import Synchronization

/// The program on a live input: what comes is shown over HTTP, recorded, or both, until it is told to stop.
final class LiveRun: Sendable {
    private let log: Logger
    private let showsProgress: Bool
    private let service: LiveService?
    private let hub: LiveHub
    /// As it is at the start.
    private let config: Config
    /// The model that was compiled last is not compiled again for the next pipeline.
    private let models = SharedModels(keeping: 1)

    /// Milliseconds. A service has two seconds for its end, whatever hangs.
    private static let timeToStop = 1800

    /// The server, its threads' stacks, fonts, and what waits for clients.
    private static let bytesOfServer = 128 << 20

    /// - Parameter service: nil: somebody sits at the terminal.
    init(config: Config, log: Logger, showsProgress: Bool = false, service: LiveService? = nil) {
        self.log = log
        self.service = service
        self.showsProgress = showsProgress
        self.config = config
        hub = LiveHub(config.serve, program: "camstream \(Camstream.version)")
        hub.registry.group([
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
        try config.validate()
        // Before the server and the first board, whose libraries end by a signal where there is no room for a thread.
        try EngineNeeds.check(model: config.infer.model ?? "", beside: Self.bytesOfServer)
        if let path = config.encode.maps { throw EncodeError.mapsOfLive(path: path) }
        let signals = owned ?? Signals()
        let camera = makeCamera(source, interrupt, signals)
        limitStop(signals)
        signals.onStop {
            camera.stop()
            self.service?.noteStop()
        }
        Descriptors.raiseLimit()
        var limits = ConnectionLimits()
        limits.descriptors = Descriptors.limit
        let server = try config.serve.map { [limits] in
            try HTTPServer(
                $0, cameras: ServedCameras([hub.served]), metrics: hub.registry, limits: limits, logger: log)
        }
        let hangup = service.map { service in Hangup { service.reload { self.reload(service, camera, server) } } }
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
                    await service.run(camera)
                    return false
                }
            }
            // A thread of its own: to open an input, to load a model and to complete files takes long.
            group.addTask(executorPreference: main) {
                try await camera.run()
                return true
            }
            do {
                // The pipelines decide when it is over; a server that cannot listen ends all.
                while let isOver = try await group.next(), !isOver {}
            } catch {
                camera.stop()
                throw error
            }
            group.cancelAll()
        }
        if let signal = signals.received { log.debug("ended by signal \(signal)") }
        log.notice("\(camera.summary)")
        return ExitStatus.done.rawValue
    }

    private func makeCamera(
        _ source: (any FrameSource)?, _ interrupt: Interrupt?, _ signals: Signals
    ) -> CameraRun {
        let progress = ProgressLine(isShown: showsProgress)
        let service = service
        return CameraRun(
            config.camera, hub, models: models, source: source, interrupt: interrupt,
            limits: service == nil ? .none : .service,
            listeners: .init(
                opened: { if service == nil { signals.limit(nil) } },
                delivered: { count, label in
                    service?.notePicture()
                    progress.update(frames: count, label: label)
                }), log: log)
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
    private func reload(_ service: LiveService, _ camera: CameraRun, _ server: HTTPServer?) {
        let hasNewSecrets = readSecrets(server)
        do {
            var new = try service.settings()
            if new.serve != config.serve {
                log.warning("serve: these settings change only when the program is started again")
                new.serve = config.serve
            }
            switch try camera.take(new.camera) {
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

    private func announce(_ port: Int, _ serve: ServeConfig?) {
        guard let serve, let host = try? serve.address.host else { return }
        let name = host.contains(":") ? "[\(host)]" : host
        log.notice("watch at \(serve.tlsCertificate == nil ? "http" : "https")://\(name):\(port)/")
    }
}
