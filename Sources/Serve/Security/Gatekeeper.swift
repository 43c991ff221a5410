import HTTPTypes
import HummingbirdCore

/// Decides whether a request is answered at all, and by whom it comes.
struct Gatekeeper: Sendable {
    let credentials: Credentials
    let hosts: HostCheck
    let lockout: Lockout
    let isReadOnly: Bool
    /// Whether a proxy on this machine says in X-Forwarded-For for whom it asks.
    let trustsProxy: Bool
    let usesTLS: Bool
    let failures: Counter

    /// What `refusal` may answer for a route.
    static func refusals(for access: Route.Access, asksWhoComes: Bool) -> [Route.Refusal] {
        var all = [Route.Refusal(.misdirectedRequest, "The server is not called what Host says; see allowed-hosts.")]
        if access != .open, asksWhoComes {
            all.append(.init(.unauthorized, "A password or a token is needed, or it was wrong."))
            all.append(.init(.tooManyRequests, "Too many wrong ones; Retry-After tells when to try again."))
        }
        if access == .control {
            all.append(.init(.forbidden, "The server is read-only, or the request comes from another site's page."))
            all.append(.init(.unsupportedMediaType, "The body is not said to be application/json."))
        }
        return all
    }

    /// - Returns: nil if the request may be answered by `route`.
    func refusal(of request: Request, for route: Route, from peer: String) -> Response? {
        let authority = request.head.authority
        if let authority {
            guard hosts.allows(authority) else {
                return .problem(
                    .misdirectedRequest,
                    "this server is not called '\(authority.asHeaderValue)'; if it should be, add the name to "
                        + "allowed-hosts under serve in the config file")
            }
        } else if !HostCheck.isLoopback(peer) {
            return .problem(.badRequest, "the request has no Host header")
        }
        // Without a name it is HTTP/1.0 from this machine, which is no browser that was led astray.
        if route.access == .open { return nil }
        if let refusal = refusalOfSender(of: request, from: address(of: request, peer)) { return refusal }
        return route.access == .control ? refusalOfControl(request, authority) : nil
    }

    /// The client's address: the peer's, or what a trusted proxy on this machine says.
    func address(of request: Request, _ peer: String) -> String {
        guard trustsProxy, HostCheck.isLoopback(peer), let list = request.headers[.forwardedFor],
            let last = list.split(separator: ",").last
        else { return peer }
        let address = String(last.drop { $0 == " " }.prefix { $0 != " " })
        return HostCheck.isNumeric(address) ? address : peer
    }

    private func refusalOfSender(of request: Request, from address: String) -> Response? {
        guard credentials.areAsked else { return nil }
        if let remaining = lockout.remaining(address) {
            var response = Response.problem(
                .tooManyRequests, "too many wrong passwords or tokens from \(address); try again later")
            response.headers[.retryAfter] = "\(Int(remaining.inSeconds.rounded(.up)))"
            return response
        }
        let query = Query(request)
        switch credentials.claim(
            authorization: request.headers[.authorization], cookie: request.headers[.cookie], token: query["token"])
        {
        case .right:
            lockout.succeeded(address)
            return nil
        case .rightInAddress(let cookie):
            lockout.succeeded(address)
            // A page gets a cookie and an address without the token; a tool's single request is simply answered.
            guard request.uri.path == "/", query["action"] == nil, request.method == .get else { return nil }
            var attributes = "Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
            if usesTLS || request.headers[.forwardedProto] == "https" { attributes += "; Secure" }
            return Response(
                status: .seeOther,
                headers: [
                    .location: "./", .cacheControl: "no-store",
                    .setCookie: "\(Credentials.cookieName)=\(cookie); \(attributes)",
                ])
        case .wrong:
            lockout.failed(address)
            failures.add()
            return unauthorized("wrong password or token")
        case .none:
            return unauthorized("a password or a token is needed; a page is opened once with ?token=…")
        }
    }

    private func unauthorized(_ problem: String) -> Response {
        var response = Response.problem(.unauthorized, problem)
        response.headers[.wwwAuthenticate] = credentials.challenge
        return response
    }

    /// Only our own page, and programs that are no browser, may change something: a foreign page's request would carry
    /// the user's cookie or password.
    private func refusalOfControl(_ request: Request, _ authority: String?) -> Response? {
        if isReadOnly { return .problem(.forbidden, "this server is read-only") }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type?.filter({ $0 != " " }) == "application/json" else {
            return .problem(.unsupportedMediaType, "send JSON, with Content-Type: application/json")
        }
        let foreign = Response.problem(.forbidden, "a page of another site may not change anything here")
        if let site = request.headers[.secFetchSite] {
            return site == "same-origin" || site == "none" ? nil : foreign
        }
        // Older browsers, and plain HTTP from another machine. "null" is the origin of sandboxed pages.
        guard let origin = request.headers[.origin] else { return nil }
        guard let scheme = origin.firstRange(of: "://") else { return foreign }
        let sender = origin[scheme.upperBound...].lowercased()
        // A page can't set X-Forwarded-Host without asking first, and that is never granted: a proxy has set it.
        return [authority, request.headers[.forwardedHost]].contains { $0?.lowercased() == sender } ? nil : foreign
    }
}

extension HTTPField.Name {
    static let forwardedFor = Self("X-Forwarded-For")!
    static let forwardedHost = Self("X-Forwarded-Host")!
    static let forwardedProto = Self("X-Forwarded-Proto")!
    static let secFetchSite = Self("Sec-Fetch-Site")!
}
