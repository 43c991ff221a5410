import HTTPTypes
import NIOCore
import NIOHTTP1

/// What a connection may cost.
package struct ConnectionLimits: Sendable, Equatable {
    /// From the connection's start to its first byte, also of TLS.
    package var firstByteTimeout = Duration.seconds(5)
    /// From the connection's start, or the first byte after an answer, to the end of the request.
    package var requestTimeout = Duration.seconds(10)
    /// How long a connection without a request is kept.
    package var idleTimeout = Duration.seconds(30)
    /// How long a client may take nothing of what it is being sent.
    package var writeTimeout = Duration.seconds(10)
    /// Bytes: the request's target, one header field, all header fields, the body.
    package var targetSize = 4096
    package var headerFieldSize = 8 * 1024
    package var headerListSize = 16 * 1024
    package var headerCount = 64
    package var bodySize = 64 * 1024
    /// Files and connections that the process may have open, of which some are kept for files; nil: nobody knows.
    package var descriptors: Int?

    package init() {}
}

/// Keeps a connection within its limits and closes it when it is over: a client that sends or reads too slowly, or no
/// HTTP, costs nothing more. Sits between the HTTP codec and the server, on the connection's event loop.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What clients are answered before any route is looked for.
    static let refusals: [Route.Refusal] = [
        .init(.badRequest, "This is no HTTP request, or one without Host or with several."),
        .init(.uriTooLong, "The request's target is too long."),
        .init(.expectationFailed, "The request expects something else than 100-continue."),
        .init(.requestHeaderFieldsTooLarge, "The request's headers are too large."),
    ]

    private let limits: ConnectionLimits
    private let connections: Connections?
    private var readTimer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?
    /// Requests whose answer is not complete.
    private var answersOwed = 0
    private var closesAfterAnswer = false
    /// Whether the client waits for our word before it sends the body of its newest request.
    private var awaitsContinue = false
    /// Whether the answer being written ends only with the connection, or with the client's going.
    private var isStreaming = false
    private var isClosing = false
    private var pendingWrites = 0
    private var lastProgress = NIODeadline.now()

    /// - Parameter connections: is told when there is a request to answer, and when no more.
    init(_ limits: ConnectionLimits, _ connections: Connections? = nil) {
        (self.limits, self.connections) = (limits, connections)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { expectRequest(context, within: limits.requestTimeout) }
    }

    func channelActive(context: ChannelHandlerContext) {
        expectRequest(context, within: limits.requestTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        readTimer?.cancel()
        writeTimer?.cancel()
        context.fireChannelInactive()
    }

    // MARK: The request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after the last request is nobody's.
        if isClosing { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            answersOwed += 1
            if !head.isKeepAlive { closesAfterAnswer = true }
            if head.uri.utf8.count > limits.targetSize {
                return refuse(context, .uriTooLong, "the request's target is longer than \(limits.targetSize) bytes")
            }
            // RFC 9112, section 3.2; older clients have no such header.
            if head.version != .http1_0, !head.headers.contains(name: "Host") {
                return refuse(context, .badRequest, "the request has no Host header")
            }
            // Whose name shall count, of several, is what a cache and a server may disagree on.
            if head.headers["Host"].count > 1 {
                return refuse(context, .badRequest, "the request has more than one Host header")
            }
            if head.version != .http1_0, head.headers.contains(name: "Expect") {
                let expected = head.headers[canonicalForm: "expect"]
                guard expected.allSatisfy({ $0.lowercased() == "100-continue" }) else {
                    return refuse(context, .expectationFailed, "the server can do nothing else than 100-continue")
                }
                awaitsContinue = true
                sendContinue(context)
            }
            expectRequest(context, within: limits.requestTimeout)
        case .end:
            awaitsContinue = false
            readTimer?.cancel()
            readTimer = nil
            connections?.note(context.channel, isSilent: false)
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        // In the middle of an answer there is no room for another one.
        if isClosing || answersOwed > 0 { return context.close(promise: nil) }
        answersOwed += 1
        switch error {
        case .headerOverflow:
            refuse(context, .requestHeaderFieldsTooLarge, "the request's headers are too large")
        default: refuse(context, .badRequest, "this is no HTTP request")
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent, isStreaming || answersOwed == 0 {
            // The viewer has gone.
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// RFC 9110, section 10.1.1: the client may send the body. Its size is bounded by the route that reads it.
    private func sendContinue(_ context: ChannelHandlerContext) {
        // Not into the answer of a request before it.
        guard awaitsContinue, answersOwed == 1 else { return }
        awaitsContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Closes the connection unless the request is complete in time.
    private func expectRequest(_ context: ChannelHandlerContext, within limit: Duration) {
        readTimer?.cancel()
        readTimer = schedule(context, in: limit) { $0.context.close(promise: nil) }
    }

    private func refuse(_ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ problem: String) {
        let body = ByteBuffer(string: JSON.text(["error": problem]) + "\n")
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers = [
            "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)", "Connection": "close",
        ]
        write(context: context, data: wrapOutboundOut(.head(head)), promise: nil)
        write(context: context, data: wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
        context.flush()
    }

    // MARK: The answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isClosing {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        let promise = promise ?? context.eventLoop.makePromise()
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            let hasNoBody = head.status == .noContent || head.status == .notModified
            isStreaming = !hasNoBody && !head.headers.contains(name: "Content-Length")
            if isStreaming || head.headers[canonicalForm: "connection"].contains("close") { closesAfterAnswer = true }
            if closesAfterAnswer { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            track(context, promise)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            answersOwed -= 1
            isStreaming = false
            track(context, promise)
            if answersOwed == 0 { connections?.note(context.channel, isSilent: true) }
            if closesAfterAnswer, answersOwed == 0 {
                isClosing = true
                let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
                promise.futureResult.whenComplete { _ in
                    let (connection, context) = bound.value
                    connection.end(context)
                }
            } else if answersOwed == 0 {
                expectRequest(context, within: limits.idleTimeout)
            }
            context.writeAndFlush(data, promise: promise)
            sendContinue(context)
        default:
            track(context, promise)
            context.write(data, promise: promise)
        }
    }

    /// Says that no more comes, and lets the client read what it was sent: to close at once would throw that away if
    /// the client has sent more than was read.
    private func end(_ context: ChannelHandlerContext) {
        readTimer?.cancel()
        readTimer = schedule(context, in: .seconds(1)) { $0.context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
    }

    /// Watches that the client takes what is written.
    private func track(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>) {
        if pendingWrites == 0 {
            lastProgress = context.eventLoop.now
            watchWriting(context, within: .init(limits.writeTimeout))
        }
        pendingWrites += 1
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            let (connection, context) = bound.value
            connection.pendingWrites -= 1
            connection.lastProgress = context.eventLoop.now
        }
    }

    private func watchWriting(_ context: ChannelHandlerContext, within pause: TimeAmount) {
        if writeTimer != nil { return }
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        writeTimer = context.eventLoop.scheduleTask(in: pause) {
            let (connection, context) = bound.value
            connection.writeTimer = nil
            guard connection.pendingWrites > 0 else { return }
            let left = connection.lastProgress + .init(connection.limits.writeTimeout) - context.eventLoop.now
            if left.nanoseconds <= 0 {
                context.close(promise: nil)
            } else {
                connection.watchWriting(context, within: left)
            }
        }
    }

    private func schedule(
        _ context: ChannelHandlerContext, in pause: Duration,
        _ action: @escaping @Sendable ((connection: ConnectionGuard, context: ChannelHandlerContext)) -> Void
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: .init(pause)) { action(bound.value) }
    }
}
