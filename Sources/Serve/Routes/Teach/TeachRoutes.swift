import HTTPTypes
import HummingbirdCore
import NIOCore

/// Teaching a camera's classifier: classes, their examples, and the model that is made of them.
struct TeachRoutes: Sendable {
    let bodySize: Int
    /// Who waits for the next picture.
    private let waiting = ClientLimit(32)
    private let file = FileAnswer()

    init(bodySize: Int) { self.bodySize = bodySize }

    /// Examples that one answer lists.
    static let listedExamples = 1...200
    /// Where a list of them may begin.
    static let beginnings = 0...1_000_000_000
    private static let exampleOfClass = #"{"class": 1}"#

    @Sendable func state(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await with(camera) { .json(await $0.state) }
    }

    // MARK: Classes

    @Sendable func addClass(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await with(camera) { teaching in
            let sent = try await SentObject(request, upTo: bodySize, example: #"{"name": "cup"}"#)
            try sent.only("name")
            return .json(["id": try await teaching.addClass(named: ClassName.checked(sent.text("name")))])
        }
    }

    @Sendable func renameClass(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await change(camera) { teaching in
            let sent = try await SentObject(request, upTo: bodySize, example: #"{"id": 1, "name": "cup"}"#)
            try sent.only("id", "name")
            try await teaching.renameClass(sent.number("id"), to: ClassName.checked(sent.text("name")))
        }
    }

    @Sendable func removeClass(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await change(camera) { try await $0.removeClass(Query(request).number("id", in: NumberOfThing.range)) }
    }

    // MARK: Examples

    private struct Taken: Encodable {
        let id: Int
        let isNew: Bool
    }

    /// Waits for the next picture.
    @Sendable func take(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await with(camera) { teaching in
            let sent = try await SentObject(request, upTo: bodySize, example: Self.exampleOfClass)
            try sent.only("class")
            let id = try sent.number("class")
            guard waiting.enter() else {
                return .unavailable("\(waiting.maximum) clients wait for a picture already", retryAfterSeconds: 1)
            }
            defer { waiting.leave() }
            return switch try await teaching.take(forClass: id) {
            case .added(let id): .json(Taken(id: id, isNew: true))
            case .known(let id): .json(Taken(id: id, isNew: false))
            }
        }
    }

    @Sendable func examples(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await with(camera) { teaching in
            let query = Query(request)
            return .json([
                "examples": try await teaching.examples(
                    ofClass: query.number("class", in: NumberOfThing.range),
                    from: query.number("from", in: Self.beginnings, or: 0),
                    count: query.number("count", in: Self.listedExamples, or: 100))
            ])
        }
    }

    @Sendable func removeExample(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel)
        async throws
        -> Response
    {
        try await change(camera) { try await $0.removeExample(Query(request).number("id", in: NumberOfThing.range)) }
    }

    @Sendable func thumbnail(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await with(camera) { teaching in
            let id = try Query(request).number("id", in: NumberOfThing.range)
            guard let jpeg = await teaching.thumbnail(ofExample: id) else {
                return .problem(.notFound, "there is no example \(id)")
            }
            // A number is given once in a set; the page has the set's name in the address, too.
            return Response(
                status: .ok,
                headers: [.contentType: "image/jpeg", .cacheControl: "private, max-age=3600, immutable"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: jpeg)))
        }
    }

    // MARK: All of it

    @Sendable func undo(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await begin(camera, request) { try await $0.undo() }
    }

    @Sendable func clear(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await begin(camera, request) { try await $0.clear() }
    }

    // MARK: The model

    @Sendable func makeModel(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await begin(camera, request) { try await $0.makeModel() }
    }

    @Sendable func model(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await made(.model, camera, type: "application/octet-stream")
    }

    /// What it says comes from pictures and names; in a browser it can do nothing but be looked at.
    @Sendable func report(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await made(
            .report, camera, type: "text/html; charset=utf-8", isShown: true,
            headers: [
                .contentSecurityPolicy:
                    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'self'"
            ])
    }

    @Sendable func numbers(_ camera: ServedCamera, _ request: Request, _ channel: any NIOCore.Channel) async throws
        -> Response
    {
        try await made(.numbers, camera, type: "application/json")
    }

    private func made(
        _ kind: TaughtFile, _ camera: ServedCamera, type: String, isShown: Bool = false, headers: HTTPFields = [:]
    ) async throws -> Response {
        try await with(camera) { teaching in
            guard let (path, name) = await teaching.made(kind) else {
                return .problem(.notFound, "no model has been made yet; POST api/teach/model makes one")
            }
            return try await file(path, named: name, type: type, isShown: isShown, headers: headers)
        }
    }

    // MARK: What they have in common

    /// What is sent says nothing.
    private func begin(
        _ camera: ServedCamera, _ request: Request, _ act: (any ServedTeaching) async throws -> Void
    ) async throws -> Response {
        try await change(camera) { teaching in
            try await SentObject(request, upTo: bodySize, example: nil).only()
            try await act(teaching)
        }
    }

    /// Answers with the new state.
    private func change(
        _ camera: ServedCamera, _ act: (any ServedTeaching) async throws -> Void
    ) async throws -> Response {
        try await with(camera) { teaching in
            try await act(teaching)
            return .json(await teaching.state)
        }
    }

    private func with(
        _ camera: ServedCamera, _ answer: (any ServedTeaching) async throws -> Response
    ) async throws -> Response {
        guard let teaching = camera.teaching else {
            return .problem(.notFound, "this camera is not taught; start it with --teach NAME")
        }
        do {
            return try await answer(teaching)
        } catch let refused as Refused {
            return refused.response
        } catch let refusal as TeachRefusal {
            return refusal.response
        }
    }
}

extension TeachRefusal {
    fileprivate var response: Response {
        switch self {
        case .invalid(let problem): .problem(.badRequest, problem)
        case .missing(let problem): .problem(.notFound, problem)
        case .conflict(let problem): .problem(.conflict, problem)
        case .storage(let problem): .problem(.insufficientStorage, problem)
        }
    }
}

extension HTTPResponse.Status {
    /// RFC 4918, section 11.5.
    static let insufficientStorage = Self(code: 507, reasonPhrase: "Insufficient Storage")
}
