import HTTPTypes
import HummingbirdCore
import NIOCore
import Pipeline

/// A camera's state and settings, and what happens at it.
struct ProgramRoutes: Sendable {
    let bodySize: Int
    let isReadOnly: Bool

    static let changeRefusals: [Route.Refusal] =
        SentObject.refusals + [
            .init(.unprocessableContent, "A setting cannot have this value; key, value and allowed say more.")
        ]

    private struct State: Encodable {
        let live: LiveState
        let settings: [String: JSONValue]
        let server: Server

        struct Server: Encodable {
            let clients: Int
            let maximumClients: Int
            let isReadOnly: Bool
            /// Age of the newest picture; slates do not count.
            let ageMs: Double?
        }
    }

    @Sendable func state(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async
        -> Response
    {
        .json(
            State(
                live: await camera.program.state(), settings: Self.values(await camera.program.settings()),
                server: .init(
                    clients: camera.feed.clients, maximumClients: camera.feed.maximumClients, isReadOnly: isReadOnly,
                    ageMs: camera.feed.age.map { $0.inMilliseconds.rounded() })))
    }

    @Sendable func settings(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async
        -> Response
    {
        .json(["settings": await camera.program.settings()])
    }

    static let choiceRefusals: [Route.Refusal] = [
        .init(.badRequest, "from is no number from 0 on."), .init(.notFound, "No setting of that key has choices."),
    ]

    /// Choices of one setting.
    @Sendable func choices(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async
        -> Response
    {
        let query = Query(request)
        guard let start = Int(query["from"] ?? "0"), start >= 0 else {
            return .problem(.badRequest, "from cannot be '\(query["from"] ?? "")'; allowed: 0, 1, …")
        }
        let key = query["key"] ?? ""
        guard let setting = await camera.program.settings().first(where: { $0.key == key }),
            let list = setting.choices(matching: query["matching"] ?? "", from: start)
        else {
            return .problem(.notFound, "no setting '\(key)' has choices; GET api/settings lists all settings")
        }
        return .json(list)
    }

    /// Changes settings: a JSON object whose keys are those that change, all or none.
    @Sendable func change(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        let sent: SentObject
        do {
            sent = try await SentObject(request, upTo: bodySize, example: #"{"overlay.opacity": 0.5}"#)
        } catch let refused as Refused {
            return refused.response
        }
        do throws(SettingRefusal) {
            let changes = try await camera.program.settings().changes(sent.members)
            if !changes.isEmpty {
                try await camera.program.change(changes)
                camera.events.publish(.settings(changes))
            }
        } catch {
            return .json(error, status: .unprocessableContent)
        }
        return .json(["settings": Self.values(await camera.program.settings())])
    }

    /// Server-sent events until the client or the server goes. `Last-Event-ID` is not needed: the first event tells the
    /// whole state.
    @Sendable func follow(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async
        -> Response
    {
        let events = camera.events
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close",
            HTTPField.Name("X-Accel-Buffering")!: "no",
        ]
        guard request.method != .head else { return .endless(headers) }
        guard let mailbox = events.subscribe() else {
            if events.isFinished { return .gone }
            return .unavailable("too many clients listen to events already", retryAfterSeconds: 5)
        }
        channel.closeFuture.whenComplete { _ in events.unsubscribe(mailbox) }
        let live = await camera.program.state()
        var taught = ""
        if let state = await camera.teaching?.state {
            let event = LiveEvent.teach(state)
            taught = "event: \(event.name)\ndata: \(event.data)\n\n"
        }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { [taught] writer in
                defer { events.unsubscribe(mailbox) }
                try await writer.write(
                    ByteBuffer(string: "retry: 2000\nevent: state\ndata: \(JSON.text(live))\n\n\(taught)"))
                while let event = await mailbox.next() { try await writer.write(ByteBuffer(string: event)) }
                try await writer.finish(nil)
            })
    }

    private static func values(_ settings: [Setting]) -> [String: JSONValue] {
        Dictionary(settings.map { ($0.key, $0.value) }) { first, _ in first }
    }
}
