import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Pipeline

/// One thing that clients can ask for. The server's table of routes is also what the OpenAPI document is made from.
struct Route: Sendable {
    enum Access: Sendable {
        /// Anybody, such as a supervisor: says nothing about the pictures.
        case open
        /// Whoever is let in.
        case view
        /// Whoever is let in and may change something.
        case control
    }

    /// A field of the address's query, for the OpenAPI document.
    struct Field: Sendable {
        let name: String
        /// JSON schema of its value.
        let schema: JSONValue
        let help: String
        var isRequired = false
    }

    /// An answer other than 200, for the OpenAPI document.
    struct Refusal: Sendable {
        let status: HTTPResponse.Status
        let meaning: String
        /// The answer's media type; nil: it has no body.
        let type: String?

        init(_ status: HTTPResponse.Status, _ meaning: String, type: String? = "application/json") {
            (self.status, self.meaning, self.type) = (status, meaning, type)
        }
    }

    let method: HTTPRequest.Method
    var path: String
    let access: Access
    let summary: String
    /// The answer's media type.
    let type: String
    /// Further media types, of what a field of the query asks for instead.
    var otherTypes: [String] = []
    /// JSON schema of the answer; for events of each event's data.
    var schema: JSONValue = [:]
    var fields: [Field] = []
    /// JSON schema of what must be sent; nil: nothing is.
    var body: JSONValue?
    /// What the route itself may answer but for 200: each that it can, which the table of routes checks.
    var refusals: [Refusal] = []
    let answer: Answer

    /// The answer, given the connection, whose end streams must notice.
    enum Answer: Sendable {
        /// Of the process.
        case process(@Sendable (Request, any NIOCore.Channel) async throws -> Response)
        /// Of one camera. Its path is below that of the camera.
        case camera(@Sendable (ServedCamera, Request, any NIOCore.Channel) async throws -> Response)
    }

    static let noCamera = Refusal(.notFound, "There is no camera of that name.")

    /// The same one with a longer path.
    func below(_ prefix: String) -> Route {
        var route = self
        route.path = prefix + path
        return route
    }

    /// All that a client may be answered but for 200: what the connection, the gatekeeper and the route say. A status may
    /// be there twice.
    func allRefusals(asksWhoComes: Bool) -> [Refusal] {
        var all = ConnectionGuard.refusals + Gatekeeper.refusals(for: self, asksWhoComes: asksWhoComes) + refusals
        if path.hasPrefix(Routes.prefix) { all.append(Self.noCamera) }
        all.append(.init(.internalServerError, "Something went wrong; the program's log says more."))
        return all
    }
}

/// The fields of an address's query, percent-decoded. The first of several with the same name counts.
struct Query {
    private let fields: [String: String]

    init(_ request: Request) {
        var fields: [String: String] = [:]
        for field in (request.uri.query ?? "").split(separator: "&") {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(pair[0])
            if fields[name] == nil { fields[name] = pair.count == 2 ? Self.decoded(pair[1]) : "" }
        }
        self.fields = fields
    }

    subscript(name: String) -> String? { fields[name] }

    /// Whether a field is there and not switched off.
    func says(_ name: String) -> Bool {
        guard let value = fields[name] else { return false }
        return !["0", "false", "no"].contains(value.lowercased())
    }

    private static func decoded(_ text: Substring) -> String {
        let plain = text.replacing("+", with: " ")
        return plain.removingPercentEncoding ?? String(plain)
    }
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        var bytes = ByteBuffer(bytes: JSON.bytes(value))
        bytes.writeString("\n")
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: bytes))
    }

    /// `{"error": …}`: what is wrong, in one line.
    static func problem(_ status: HTTPResponse.Status, _ text: String) -> Response {
        json(["error": text], status: status)
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok)
        -> Response
    {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: withoutSecrets(text))))
    }

    /// The head of an answer whose length is not known.
    static func endless(_ headers: HTTPFields) -> Response {
        Response(status: .ok, headers: headers, body: ResponseBody { try await $0.finish(nil) })
    }

    /// The camera was taken away, or the server stops, while the request was looked at.
    static var gone: Response { .unavailable("no more pictures come from here", retryAfterSeconds: 5) }

    /// Too many clients, or nothing to show: the client may try again.
    static func unavailable(_ text: String, retryAfterSeconds: Int) -> Response {
        var response = Response.problem(.serviceUnavailable, text)
        response.headers[.retryAfter] = "\(retryAfterSeconds)"
        return response
    }
}
