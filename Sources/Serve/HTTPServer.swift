import Glibc
import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The HTTP server: the live pictures of `ServedCameras`, their pages and API, or `ServedFiles`.
///
/// It knows nothing of where the pictures come from or what was computed on them.
package final class HTTPServer: Sendable {
    private let host: String
    private let port: Int
    private let isOpenToAll: Bool
    private let cameras: ServedCameras
    private let limits: ConnectionLimits
    private let trustsProxy: Bool
    private let time: Timekeeper
    private let logger: Logger
    private let table: RouteTable
    private let keyring: Keyring
    private let connections: Connections

    static let heartbeatPause = Duration.seconds(15)
    /// What a server takes before it is ended: open connections, waiting ones.
    private static let backlog: Int32 = 256
    /// Bytes that the kernel keeps of what a client has not been sent yet: more would only be old pictures.
    private static let unsentBytes = 128 * 1024

    /// Reads the files of secrets and certificates; nothing is bound yet.
    ///
    /// - Parameters:
    ///   - config: validated.
    ///   - cameras: those that are there at the start; more may come.
    ///   - files: what is shown in the place of cameras; nil: cameras are.
    ///   - metrics: those of the process.
    /// - Throws: `ServeError`, also if the address can be reached by others and nobody asks who comes.
    package init(
        _ config: ServeConfig, cameras: ServedCameras, files: (any ServedFiles)? = nil, metrics: Metrics,
        limits: ConnectionLimits = ConnectionLimits(), time: Timekeeper = .system, logger: Logger
    ) throws {
        (host, port) = try config.address
        self.cameras = cameras
        self.limits = limits
        self.time = time
        self.logger = logger
        trustsProxy = config.trustProxy
        connections = Connections(
            Self.capacity(config, limits, logger),
            givenUp: metrics.counter(
                "camstream_connections_given_up_total", "Connections closed to make room, or for want of it."))
        let keyring = try Keyring(config)
        self.keyring = keyring
        let asksWhoComes = keyring.credentials.areAsked
        isOpenToAll = !asksWhoComes && !config.insecure
        if isOpenToAll, !HostCheck.isLoopback(host) { throw ServeError.openToAll(address: config.listen) }
        keyring.addMeasurements(to: metrics, time)
        metrics.addProcess()
        let staleAfter = Duration.seconds(config.staleAfter)
        table = RouteTable(
            Routes(
                pictures: PictureRoutes(staleAfter: staleAfter), segments: SegmentRoutes(time: time),
                program: ProgramRoutes(bodySize: limits.bodySize, isReadOnly: config.readOnly),
                health: HealthRoutes(cameras: cameras, metrics: metrics, staleAfter: staleAfter) {
                    keyring.warning(at: time.wall())
                },
                overview: OverviewRoutes(cameras: cameras, staleAfter: staleAfter),
                teach: TeachRoutes(bodySize: limits.bodySize), asksWhoComes: asksWhoComes),
            cameras: cameras, files: files.map { FileRoute(files: $0).route },
            gatekeeper: Gatekeeper(
                keyring: keyring, hosts: HostCheck(boundTo: host, names: config.allowedHosts),
                lockout: Lockout(time: time), isReadOnly: config.readOnly, trustsProxy: config.trustProxy,
                failures: metrics.counter("camstream_auth_failures_total", "Wrong passwords and tokens."),
                foreignPages: ForeignPages(logger)),
            connections: connections, metrics: metrics, logger: logger)
        warnOfCertificate()
    }

    /// As many connections as clients need, if the process may have so many.
    private static func capacity(
        _ config: ServeConfig, _ limits: ConnectionLimits, _ logger: Logger
    ) -> Connections.Capacity {
        let wanted = 2 * config.maximumClients + 64
        guard let limit = limits.descriptors else { return .init(total: wanted) }
        let possible = Descriptors.forConnections(limit: limit)
        if possible < wanted {
            logger.warning(
                """
                serve.max-clients: \(config.maximumClients) may need \(wanted) connections, but the process may have only \
                \(limit) files open: \(possible) connections are taken, the rest is kept for recordings; raise the limit \
                (LimitNOFILE, ulimit -n) for more
                """)
        }
        return .init(total: min(wanted, possible))
    }

    private func warnOfCertificate() {
        if let tls = keyring.tls, let warning = tls.warning(at: time.wall()) {
            logger.warning("\(tls.path): \(warning)")
        }
    }

    /// Serves until the task is cancelled; then ends all streams and connections at once.
    ///
    /// - Parameter socket: a listening socket, such as systemd hands over, to use instead of the address.
    /// - Parameter onListening: called with the port when clients can come.
    /// - Throws: `ServeError.cannotListen`, `.openToAll`, `LackOfResources`.
    package func run(
        socket: CInt? = nil, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        // Those that are there are served at once, or not at all.
        let feeds = try FeedRunner(cameras.all, time, logger)
        let listener = try await listen(socket)
        await withTaskGroup { group in
            group.addTask { await self.cameras.forEach(feeds.run) }
            group.addTask { await self.sendHeartbeats() }
            group.addTask { await self.accept(listener) }
            await onListening(listener.channel.localAddress?.port ?? port)
            await group.waitForAll()
        }
    }

    /// What was different when the files of secrets and certificates were read again.
    package struct SecretChange: Sendable, Equatable {
        package let secrets: Bool
        package let certificate: Bool
    }

    /// Reads the files of tokens, users and certificates again. New connections get the new certificate; other secrets end
    /// all connections, so that nobody stays who came in with one that is gone.
    ///
    /// - Throws: `ServeError`; then all stays as it was.
    package func readSecretsAgain() throws -> SecretChange {
        let change = try keyring.readAgain()
        if change.credentials { connections.closeAll() }
        warnOfCertificate()
        return SecretChange(secrets: change.credentials, certificate: change.certificate)
    }

    private typealias Listener = NIOAsyncChannel<GuardedChannel.Value, Never>

    private func listen(_ socket: CInt?) async throws -> Listener {
        let child = childChannel()
        let (logger, total) = (self.logger, connections.capacity.total)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger, total: total))
                }
            }
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)), value: Self.unsentBytes)
        let listener: Listener
        do {
            if let socket {
                listener = try await bootstrap.bind(socket) { child.setUp($0, logger) }
            } else if let address = try? SocketAddress(ipAddress: host, port: port) {
                // Not looked up: the system finds no IPv6 address, not even a number, where the network has IPv4 only.
                listener = try await bootstrap.bind(to: address) { child.setUp($0, logger) }
            } else {
                listener = try await bootstrap.bind(host: host, port: port) { child.setUp($0, logger) }
            }
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw ServeError.cannotListen(address: "\(host):\(port)", reason: reason)
        }
        if isOpenToAll, let address = listener.channel.localAddress?.ipAddress, !HostCheck.isLoopback(address) {
            try await listener.channel.close()
            throw ServeError.openToAll(address: address)
        }
        return listener
    }

    /// Takes connections; each has its own task.
    private func accept(_ listener: Listener) async {
        do {
            try await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask {
                            await self.guarded.handle(value: connection, logger: self.logger)
                        }
                    }
                }
            }
        } catch is CancellationError {
            // The end.
        } catch {
            logger.error("the HTTP server stopped: \(error)")
        }
    }

    @concurrent @Sendable private func respond(
        to request: Request, writer: consuming ResponseWriter, channel: any Channel
    ) async throws {
        let response = await table.answer(request, channel)
        try await writer.write(response: response.head, body: response.body)
    }

    private func sendHeartbeats() async {
        var day = time.now()
        while true {
            do { try await time.sleep(Self.heartbeatPause) } catch { break }
            if time.now() - day >= .seconds(86_400) {
                day = time.now()
                warnOfCertificate()
            }
            for camera in cameras.all { camera.events.sendHeartbeat() }
        }
        for camera in cameras.all { camera.events.finish() }
    }

    private var guarded: GuardedChannel {
        GuardedChannel(limits: limits, connections: connections, responder: respond)
    }

    private struct Child: Sendable {
        let setUp: @Sendable (any Channel, Logger) -> EventLoopFuture<GuardedChannel.Value>
    }

    private func childChannel() -> Child {
        let plain = guarded
        return Child { [keyring, connections, limits, trustsProxy] channel, logger in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(
                    Doorkeeper(connections, patience: limits.firstByteTimeout, trustsProxy: trustsProxy))
                // The newest certificate, not that of the start.
                if let context = keyring.tls?.context {
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                }
            }.flatMap { plain.setup(channel: channel, logger: logger) }
        }
    }
}
