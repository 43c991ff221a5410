package import Foundation
import Glibc
import Logging
import Pipeline
import Serve
import Synchronization
import TeachMock
package import TestSupport

/// The HTTP server as it runs, on a socket of this machine: request lines, headers, queries, cookies, passwords, forwarded
/// addresses and bodies. One request is answered, or its connection closed, before the next is sent.
package final class RequestTarget: FuzzTarget {
    package static let name = "http"
    package static let seconds: UInt32 = 20

    private let mutator: TextMutator
    private let port: Int
    private var codes: [Int: Int] = [:]

    private static let token = "0123456789abcdef0123456789abcdef"

    package init(_ corpus: [Data]) throws {
        let bearer = "Authorization: Bearer \(Self.token)"
        let basic = "Authorization: Basic \(Data("admin:the right password".utf8).base64EncodedString())"
        func request(_ line: String, _ headers: String..., body: String = "") -> Data {
            let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
            return Data(
                "\(line) HTTP/1.1\r\n\((["Host: localhost"] + headers + length).joined(separator: "\r\n"))\r\n\r\n\(body)"
                    .utf8)
        }
        let json = "Content-Type: application/json"
        mutator = TextMutator(
            seeds: corpus + [
                request(
                    "GET /api/state?token=\(Self.token)", "X-Forwarded-For: 192.0.2.1, 2001:db8::1",
                    "X-Forwarded-Proto: https"),
                request(
                    "GET /api/choices?key=infer.class&matching=cat&from=100", bearer, "Cookie: camstream-80=x; a=b"),
                request(
                    "PATCH /api/settings", bearer, json, body: #"{"overlay": {"opacity": 0.4}, "overlay.box": true}"#),
                request(
                    "PATCH /api/settings", basic, json, "Origin: http://localhost", "Expect: 100-continue",
                    body: #"{"infer.class": "cat 5"}"#),
                request(
                    "GET /snapshot.jpg?max_age=0.5", basic, "Referer: http://localhost/x", "Sec-Fetch-Site: same-origin"
                ),
                request("GET /?action=snapshot", "Cookie: camstream=\(Self.token)"),
                request("GET /healthz") + request("GET /metrics", bearer),
                request("GET /stream?advance_headers=1", bearer), request("GET /api/events", bearer),
                request("GET /api/openapi.json", bearer),
                request("POST /api/teach/classes", bearer, json, body: #"{"name": "cup"}"#),
                request("PATCH /api/teach/classes", bearer, json, body: #"{"id": 1, "name": "a cup"}"#),
                request("POST /api/teach/examples", bearer, json, body: #"{"class": 0}"#)
                    + request("GET /api/teach/examples?class=0&from=0&count=10", bearer),
                request("DELETE /api/teach/examples?id=1", bearer) + request("DELETE /api/teach/classes?id=1", bearer),
                request("POST /api/teach/undo", bearer, json, body: "{}"), request("GET /api/teach", bearer),
                request("GET /api/teach/thumbnail.jpg?id=1", bearer), request("GET /api/teach/report.html", bearer),
                Data("GET /readyz HTTP/1.0\r\n\r\n".utf8),
                Data(
                    "POST /api/settings HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2;x=y\r\n1}\r\n0\r\nT: x\r\n\r\n"
                        .utf8),
            ],
            words: [
                "GET ", "HEAD ", "OPTIONS ", "PATCH ", "CONNECT ", "HTTP/1.0", "HTTP/2.0", "\r\n", "\r\n\r\n", "Host: ",
                "Host: [::1]:x\r\n",
                "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n",
                "Connection: keep-alive, upgrade\r\n",
                "Upgrade: h2c\r\n", "Expect: 100-continue\r\n", "Authorization: Basic ", "\(bearer)\r\n",
                "\(basic)\r\n", "Cookie: ", "camstream-",
                "X-Forwarded-For: ", "::ffff:1.2.3.4", "[2001:db8::1%eth0]:9", "Origin: null\r\n",
                "Sec-Fetch-Site: cross-site\r\n",
                "Content-Type: application/json\r\n", "?", "&", "=", "token=", "max_age=", "max_age=nan", "max_age=-1",
                "from=", "matching=", "key=", "id=", "class=", "count=1000000000",
                "%00", "%ff", "%", "+", "/../", "//", "http://evil.example/", "*", "{\"overlay.opacity\": 1e999}",
                "{\"a\":", "[[", "null",
                "/stream", "/snapshot.jpg", "/api/settings", "/api/choices", "/metrics",
                "/api/teach/classes", "/api/teach/examples", "/api/teach/model", "DELETE ", "POST ",
                "{\"class\": 1e300}",
            ])
        port = try Self.start()
    }

    package var depth: String {
        codes.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
    }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package func take(_ bytes: Data, _ noise: inout Noise) {
        let answer = exchange(bytes)
        let code =
            answer.count > 12 && answer.starts(with: Array("HTTP/1.".utf8))
            ? Int(String(decoding: answer[9..<12], as: UTF8.self)) : 0
        codes[code ?? -1, default: 0] += 1
        Defect.unless(
            code != nil && (code! < 500 || [501, 503].contains(code!)), "answered with \(answer.prefix(300))")
        let head = answer.prefix { $0 != 0 }
        Defect.unless(!String(decoding: head, as: UTF8.self).contains("the right password"), "a secret comes out")
    }

    // MARK: - The connection

    /// - Returns: what comes until the server ends, which it does since nothing more is sent.
    private func exchange(_ bytes: Data) -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        Defect.unless(isConnected, "the server takes no connection: \(errno)")
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = send(
                    descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
                // It may have closed long before the end.
                guard count > 0 else { break }
                sent += count
            }
        }
        shutdown(descriptor, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return answer }
            if answer.count < 1 << 20 { answer += piece[..<count] }
            // These have no end.
            let head = String(decoding: answer.prefix(2000), as: UTF8.self)
            if head.contains("text/event-stream") || head.contains("multipart/x-mixed-replace") { return answer }
        }
    }

    // MARK: - The server

    private static func start() throws -> Int {
        var config = ServeConfig()
        config.listen = "127.0.0.1:0"
        config.trustProxy = true
        let (tokens, users) = (try secret("\(token)\n"), try secret("admin:the right password\n"))
        defer { for path in [tokens, users] { unlink(path) } }
        (config.tokenFile, config.userFile) = (tokens, users)
        var limits = ConnectionLimits()
        limits.requestTimeout = .milliseconds(300)
        limits.idleTimeout = .milliseconds(300)
        let metrics = Metrics()
        let program = FuzzedProgram()
        let events = EventHub(maximumClients: 16)
        let start = ContinuousClock.now
        // What waits for a picture waits for a hundredth of the time.
        let time = Timekeeper(now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0 / 100) })
        let feed = LiveFeed(maximumClients: 16, quality: 80, metrics: metrics, time: time)
        var logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .trace
        let server = try HTTPServer(
            config,
            cameras: ServedCameras([
                ServedCamera(
                    feed: feed, events: events, program: program.served, teaching: TaughtInMemory(named: "things"))
            ]),
            metrics: metrics, limits: limits, time: time, logger: logger)
        let port = Mutex(0)
        let isUp = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                try await server.run { bound in
                    port.withLock { $0 = bound }
                    isUp.signal()
                }
            } catch {
                Defect.unless(false, "the server ends: \(error)")
            }
        }
        isUp.wait()
        return port.withLock { $0 }
    }

    /// A file that is read at the start only.
    private static func secret(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
        return path
    }
}

/// Settings of each kind that change.
private final class FuzzedProgram: Sendable {
    private let settings = Mutex([
        Setting(
            "infer.class", title: "Class", help: "Whose map.",
            kind: .choice([.init("auto")] + (0..<1000).map { .init("\($0)", title: "cat \($0 / 2)") }), value: "auto"),
        Setting(
            "overlay.opacity", title: "Opacity", help: "Of the heat.", kind: .number(0...1, step: 0.05, unit: nil),
            value: .number(0.6)),
        Setting("overlay.box", title: "Box", help: "Around the heat.", kind: .toggle, value: .flag(false)),
    ])

    var served: ServedProgram {
        ServedProgram(
            state: {
                LiveState(
                    program: "fuzz", source: "clip", model: "tiny", width: 32, height: 24, framesPerSecond: 25,
                    latencyMs: 20,
                    signal: .init(isPresent: true, since: 0),
                    frames: .init(captured: 1, written: 1, inFlight: 0, dropped: [:]),
                    recording: .init(isActive: false), top: [ClassScore(id: 1, label: "cat", probability: 0.5)])
            },
            settings: { self.settings.withLock { $0 } },
            change: { changes in
                self.settings.withLock { settings in
                    for change in changes {
                        if let index = settings.firstIndex(where: { $0.key == change.key }) {
                            settings[index].value = change.value
                        }
                    }
                }
            }, problems: { [] })
    }
}
