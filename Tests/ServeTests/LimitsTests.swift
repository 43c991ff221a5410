import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import Serve

/// The connection by itself, on a clock that tests move.
@Suite struct ConnectionGuardTests {
    private func connection() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false)
        try channel.pipeline.syncOperations.addHandler(ConnectionGuard(ConnectionLimits()))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        return channel
    }

    private func receive(_ text: String, _ channel: EmbeddedChannel) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    private func answer(_ channel: EmbeddedChannel, length: Int? = 2) throws {
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        if let length { head.headers.add(name: "Content-Length", value: "\(length)") }
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "ok"))), promise: nil)
        channel.flush()
    }

    private func sent(_ channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    @Test func aRequestThatIsSentTooSlowlyIsGivenUp() throws {
        let channel = try connection()
        try receive("GET / HTTP/1.1\r\nHost: a\r\n", channel)
        for _ in 0..<9 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try receive("X-More: yes\r\n", channel)
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func aBodyThatIsSentTooSlowlyIsGivenUp() throws {
        let channel = try connection()
        try receive("PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{", channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        try receive(" ", channel)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func aConnectionWithoutARequestIsClosed() throws {
        let channel = try connection()
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    @Test func anAnsweredConnectionIsKeptForTheNextRequestAndThenClosed() throws {
        let channel = try connection()
        try receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n", channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive, "an answer may take its time")
        try answer(channel)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func anAnswerWithoutALengthEndsWithTheConnection() throws {
        let channel = try connection()
        try receive("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", channel)
        try answer(channel, length: nil)
        #expect(try sent(channel).lowercased().contains("connection: close\r\n"))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func anOldClientThatKeepsNoConnectionGetsItsEnd() throws {
        let channel = try connection()
        try receive("GET / HTTP/1.0\r\nHost: a\r\n\r\n", channel)
        try answer(channel)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        #expect(try sent(channel).hasSuffix("\r\n\r\nok"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func whoAsksFirstIsToldToSendTheBody() throws {
        let channel = try connection()
        try receive("PATCH / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n", channel)
        #expect(try sent(channel) == "HTTP/1.1 100 Continue\r\n\r\n")
        try receive("{}", channel)
        #expect(try sent(channel).isEmpty)
        try answer(channel)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        #expect(try sent(channel).hasPrefix("HTTP/1.1 200 OK\r\n") && channel.isActive)
    }

    @Test func itIsNotToldInTheMiddleOfAnotherAnswer() throws {
        let channel = try connection()
        try receive("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", channel)
        try receive("PATCH / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", channel)
        #expect(try sent(channel).isEmpty)
        try answer(channel)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        #expect(try sent(channel).hasSuffix("\r\n\r\nokHTTP/1.1 100 Continue\r\n\r\n"))
    }

    @Test func nobodyIsToldWhoDoesNotWait() throws {
        let channel = try connection()
        // HTTP/1.0 knows no such thing.
        try receive("PATCH / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", channel)
        #expect(try sent(channel).isEmpty)
    }

    @Test func aClientThatTakesNothingIsGivenUp() throws {
        let channel = EmbeddedChannel()
        let dam = Dam()
        try channel.pipeline.syncOperations.addHandlers([dam, ConnectionGuard(ConnectionLimits())])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        try channel.writeInbound(
            HTTPServerRequestPart.head(
                .init(version: .http1_1, method: .GET, uri: "/stream", headers: ["Host": "a"])))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer(channel, length: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        // Something was taken: the time begins anew.
        dam.letOneThrough()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func aClientThatTakesEverythingMayWaitForTheNextPicture() throws {
        let channel = try connection()
        try receive("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", channel)
        try answer(channel, length: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1000))
        #expect(channel.isActive)
    }

    @Test func aViewerThatGoesIsNoticedWithoutWriting() throws {
        let channel = try connection()
        try receive("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", channel)
        try answer(channel, length: nil)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!channel.isActive)
    }

    /// Keeps writes back, as a full socket does.
    private final class Dam: ChannelOutboundHandler {
        typealias OutboundIn = HTTPServerResponsePart
        private var held: [EventLoopPromise<Void>?] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            held.append(promise)
        }

        func letOneThrough() { held.removeFirst()?.succeed() }
    }
}

/// The same, and what a whole server refuses.
@Suite(.timeLimit(.minutes(30))) struct LimitsTests {
    private func raw(_ server: RunningServer, _ text: String) async throws -> Answer {
        try await server.connected { client in
            try await client.send(text)
            return Answer(try await client.receiveToEnd())
        }
    }

    @Test func headersThatAreTooLargeAreRefused() async throws {
        try await withServer { server in
            let long = String(repeating: "x", count: 9000)
            let field = try await raw(server, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: \(long)\r\n\r\n")
            #expect(field.status == 431)
            #expect(field["Connection"] == "close")
            let many = (0..<70).map { "X-\($0): 1\r\n" }.joined()
            #expect(try await raw(server, "GET / HTTP/1.1\r\nHost: localhost\r\n\(many)\r\n").status == 431)
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test(arguments: ["Host: localhost\r\nHost: localhost", "Host: localhost\r\nX: y\r\nhost: evil.example"])
    func severalHostsAreRefused(_ headers: String) async throws {
        try await withServer { server async throws in
            for version in ["1.0", "1.1"] {
                let answer = try await raw(server, "GET /healthz HTTP/\(version)\r\n\(headers)\r\n\r\n")
                #expect(answer.status == 400 && answer.text.contains("more than one Host"))
                #expect(answer["Connection"] == "close")
            }
        }
    }

    @Test func anExpectationThatCannotBeMetIsToldAndAnotherIsMet() async throws {
        try await withServer { server async throws in
            for wrong in ["200-ok", "100-continue, x", "100-continue\r\nExpect: x", "x"] {
                let answer = try await server.patch(
                    #"{"overlay.box": true}"#, headers: ["Content-Type: application/json", "Expect: \(wrong)"])
                #expect(answer.status == 417, "\(wrong)")
            }
            #expect(server.program.content.withLock { $0.changes.isEmpty })
            try await server.connected { client in
                let body = #"{"overlay.box": true}"#
                try await client.send(
                    "PATCH /api/settings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
                #expect(try await client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await client.send(body)
                #expect(try await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
            #expect(server.program.content.withLock { $0.changes.count } == 1)
        }
    }

    @Test func onlyThePictureMayBeShownOnOtherSites() async throws {
        try await withServer { server async throws in
            try server.feed.publish(1)
            for path in ["/snapshot.jpg", "/snapshot", "/?action=snapshot"] {
                #expect(try await server.get(path)["Cross-Origin-Resource-Policy"] == "cross-origin", "\(path)")
            }
            try await server.watching { _, head in #expect(head["Cross-Origin-Resource-Policy"] == "cross-origin") }
            for path in [
                "/", "/api/state", "/api/settings", "/metrics", "/readyz", "/healthz", "/nothing", "/api/openapi.json",
            ] {
                #expect(try await server.get(path)["Cross-Origin-Resource-Policy"] == "same-origin", "\(path)")
            }
        }
    }

    @Test func aTargetThatIsTooLongIsRefused() async throws {
        try await withServer { server async throws in
            let long = String(repeating: "a", count: 5000)
            #expect(try await server.get("/\(long)").status == 414)
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\r\n\r\n",
    ])
    func whatIsNoHTTPIsRefused(_ text: String) async throws {
        try await withServer { server in
            let answer = try await raw(server, text)
            #expect(answer.status == 400)
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test(arguments: [
        "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/stream/..", "/api/../api/state/x",
        "/.git/config",
        "/?action=../../etc/passwd", "/%00", "/page.html",
    ])
    func noFileIsServed(_ path: String) async throws {
        try await withServer { server in
            let answer = try await server.get(path)
            #expect(answer.status == 404)
            #expect(!answer.text.contains("root:"))
        }
    }

    @Test func whatARouteDoesNotKnowIsRefusedWithWhatItKnows() async throws {
        try await withServer { server in
            for method in ["POST", "PUT", "DELETE", "TRACE"] {
                let answer = try await server.request(method, "/snapshot.jpg")
                #expect(answer.status == 405)
                #expect(answer["Allow"] == "GET, HEAD")
            }
        }
    }

    @Test func severalRequestsShareAConnection() async throws {
        try await withServer { server in
            try await server.connected { client in
                for _ in 1...3 {
                    try await client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect(try await client.receive(until: "ok\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
                }
            }
        }
    }

    @Test func theServerLivesThroughRequestsOfRandomBytes() async throws {
        try await withServer { server in
            var generator = Seeded(state: 2026)
            let pieces = [
                "GET ", "PATCH ", "/", "/stream", "/api/settings", "?", "%", "%zz", " HTTP/1.1", "\r\n", "\n",
                "Host: localhost",
                "Content-Length: ", "Transfer-Encoding: chunked", "-1", "99999999999999999999", ":", "{\"", "\u{0}",
                "é",
                "Authorization: Basic ", "Range: bytes=0-", "Expect: 100-continue", "0\r\n\r\n",
            ]
            for _ in 0..<150 {
                var text = ""
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    text += pieces.randomElement(using: &generator)!
                }
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 0...3, using: &generator) {
                    bytes.insert(
                        .random(in: 0...255, using: &generator), at: .random(in: 0...bytes.count, using: &generator))
                }
                let request = bytes + Array("\r\n\r\n".utf8)
                try await server.connected { client in
                    // What is sent after a refusal may find the connection closed.
                    try? await client.send(request)
                }
            }
            while server.feed.clients > 0 { await Task.yield() }
            #expect(try await server.get("/healthz").status == 200)
            #expect(server.program.content.withLock { $0.changes.isEmpty })
        }
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 31
        }
    }
}
