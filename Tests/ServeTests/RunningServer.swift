import Foundation
import Logging
import NIOCore
import Serve
import Synchronization
import TeachMock

/// A server on a free port, and what a test needs to drive it.
struct RunningServer: Sendable {
    let port: Int
    let cameras: ServedCameras
    /// As they were at the start, and their programs.
    let all: [ServedCamera]
    let programs: [TestProgram]
    let metrics: Metrics
    /// Everything that was logged.
    let log: TestLog
    let server: HTTPServer

    var feed: LiveFeed { all[0].feed }
    var events: EventHub { all[0].events }
    var program: TestProgram { programs[0] }
    var taught: TaughtInMemory { all[0].teaching as! TaughtInMemory }

    func get(_ path: String, headers: [String] = []) async throws -> Answer {
        try await request("GET", path, headers: headers)
    }

    func patch(_ body: String, headers: [String] = ["Content-Type: application/json"]) async throws -> Answer {
        try await request("PATCH", "/api/settings", headers: headers, body: body)
    }

    func post(_ path: String, _ body: String) async throws -> Answer {
        try await request("POST", path, headers: ["Content-Type: application/json"], body: body)
    }

    func request(_ method: String, _ path: String, headers: [String] = [], body: String = "") async throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if !headers.contains(where: { $0.lowercased().hasPrefix("host:") }) { lines.append("Host: localhost:\(port)") }
        lines += headers + ["Connection: close"]
        if !body.isEmpty || ["PATCH", "POST"].contains(method) { lines.append("Content-Length: \(body.utf8.count)") }
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        return try await connected { client in
            try await client.send(text)
            return Answer(try await client.receiveToEnd())
        }
    }

    func connected<Result: Sendable>(_ body: (inout Client) async throws -> Result) async throws -> Result {
        try await Client.connected(to: port, body)
    }

    /// Opens the stream, and ends the head.
    func watching<Result: Sendable>(
        _ path: String = "/stream", _ body: (inout Client, Answer) async throws -> Result
    ) async throws -> Result {
        try await connected { client in
            try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let head = Answer(Array(try await client.receive(until: "\r\n\r\n").utf8))
            return try await body(&client, head)
        }
    }
}

/// Runs a server on a free port as long as `body` runs.
///
/// - Parameters:
///   - names: of its cameras.
///   - teaches: what is taught at each; nil: nothing.
func withServer<Result: Sendable>(
    _ config: ServeConfig = ServeConfig(), names: [String] = [""], limits: ConnectionLimits = ConnectionLimits(),
    time: Timekeeper = .system, teaches: (@Sendable (EventHub) -> any ServedTeaching)? = nil,
    segments: (any ServedSegments)? = nil,
    _ body: @escaping @Sendable (RunningServer) async throws -> Result
) async throws -> Result {
    var config = config
    if config.listen == ServeConfig().listen { config.listen = "127.0.0.1:0" }
    try config.validate()
    let metrics = Metrics()
    let programs = names.map { _ in TestProgram() }
    let (watchers, listeners) = (ClientLimit(config.maximumClients), ClientLimit(config.maximumClients))
    let all = zip(names, programs).map { name, program in
        let view = name.isEmpty ? metrics : metrics.labelled([("camera", name)])
        let feed = LiveFeed(limit: watchers, quality: config.quality, metrics: view, time: time)
        let events = EventHub(limit: listeners, metrics: view)
        return ServedCamera(
            name: name, feed: feed, events: events, program: program.served, teaching: teaches?(events),
            segments: segments)
    }
    let cameras = ServedCameras(all)
    let log = TestLog()
    let server = try HTTPServer(
        config, cameras: cameras, metrics: metrics, limits: limits, time: time, logger: log.logger)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            defer { listening.finish() }
            try await server.run { listening.yield($0) }
            return nil
        }
        var port: Int?
        for await bound in ports {
            port = bound
            break
        }
        if let port {
            group.addTask {
                try await body(
                    RunningServer(
                        port: port, cameras: cameras, all: all, programs: programs, metrics: metrics, log: log,
                        server: server))
            }
        }
        for try await result in group {
            if let result {
                group.cancelAll()
                return result
            }
        }
        throw ServerEnded()
    }
}

struct ServerEnded: Error {}

/// Keeps what is logged.
final class TestLog: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.message) \(metadata)") }
        }
    }
}
