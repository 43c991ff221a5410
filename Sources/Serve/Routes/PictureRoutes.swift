import HTTPTypes
import HummingbirdCore
import NIOCore

/// A camera's live picture: as a stream, and one at a time.
struct PictureRoutes: Sendable {
    let staleAfter: Duration

    /// How long `?max_age=` waits for a picture that is young enough.
    static let patience = Duration.seconds(2)

    static let streamRefusals: [Route.Refusal] = [
        .init(
            .serviceUnavailable, "The server has as many clients as it takes; Retry-After says when to try again.")
    ]
    static let snapshotRefusals: [Route.Refusal] = [
        .init(.badRequest, "max_age is no number of seconds."),
        .init(.serviceUnavailable, "There is no picture, or none that young; Retry-After says when to try again."),
    ]

    /// `multipart/x-mixed-replace` until the client or the server goes.
    @Sendable func stream(_ camera: ServedCamera, _ request: Request, _ channel: any Channel) async -> Response {
        guard request.method != .head else { return .endless(Self.streamHeaders) }
        let feed = camera.feed
        guard let mailbox = feed.subscribe() else {
            if feed.isFinished { return .gone }
            return .unavailable(
                "there are \(feed.maximumClients) clients already, which is the most that this server takes",
                retryAfterSeconds: 5)
        }
        channel.closeFuture.whenComplete { _ in feed.unsubscribe(mailbox) }
        let advances = Query(request).says("advance_headers")
        return Response(
            status: .ok, headers: Self.streamHeaders,
            body: ResponseBody { writer in
                defer { feed.unsubscribe(mailbox) }
                try await writer.write(
                    ByteBuffer(string: Multipart.opening + (advances ? Multipart.advanceHeader : "")))
                while let picture = await mailbox.next() {
                    try await writer.write(advances ? picture.advancedPart : picture.part)
                    feed.metrics.sent.add()
                }
                try await writer.finish(nil)
            })
    }

    @Sendable func snapshot(_ camera: ServedCamera, _ request: Request, _ channel: any Channel) async -> Response {
        let feed = camera.feed
        var maximumAge: Duration?
        if let text = Query(request)["max_age"] {
            guard let seconds = Double(text), seconds.isFinite, seconds >= 0, seconds <= 1e6 else {
                return .problem(.badRequest, "max_age cannot be '\(text)'; allowed: seconds, such as 0.5")
            }
            maximumAge = .seconds(seconds)
        }
        guard let picture = await feed.picture(maximumAge: maximumAge, patience: Self.patience) else {
            return .unavailable(
                maximumAge == nil ? "there is no picture yet" : "there is no picture that young", retryAfterSeconds: 1)
        }
        var headers = Self.uncached
        headers[.contentType] = "image/jpeg"
        headers[HTTPField.Name("X-Timestamp")!] = picture.facts.timestamp
        for (name, value) in picture.headers { headers[HTTPField.Name(name)!] = value }
        let age = feed.age(of: picture)
        headers[HTTPField.Name("X-Camstream-Age-Ms")!] = fixed(age.inMilliseconds, digits: 0)
        if age > staleAfter, !picture.facts.isSlate { headers[HTTPField.Name("X-Camstream-Stale")!] = "old" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: picture.jpeg))
    }

    /// Pages of other sites may show the picture, as dashboards do; they cannot read it, and all else they cannot even load.
    private static let uncached: HTTPFields = [
        .resourcePolicy: "cross-origin",
        .cacheControl: "no-store, no-cache, must-revalidate, max-age=0", .pragma: "no-cache",
        .expires: "Thu, 01 Jan 1970 00:00:00 GMT",
    ]

    private static let streamHeaders: HTTPFields = {
        var headers = uncached
        headers[.contentType] = Multipart.contentType
        headers[.connection] = "close"
        // nginx would collect the stream before it hands it on.
        headers[HTTPField.Name("X-Accel-Buffering")!] = "no"
        return headers
    }()
}

extension HTTPField.Name {
    fileprivate static let pragma = Self("Pragma")!
    static let resourcePolicy = Self("Cross-Origin-Resource-Policy")!
}
