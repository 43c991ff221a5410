import Foundation
import HTTPTypes
import HummingbirdCore

/// Decides whether a request is answered at all, and by whom it comes.
struct Gatekeeper: Sendable {
    let keyring: Keyring
    let hosts: HostCheck
    let lockout: Lockout
    let isReadOnly: Bool
    /// Whether a proxy on this machine says in X-Forwarded-For for whom it asks.
    let trustsProxy: Bool
    let failures: Counter
    let foreignPages: ForeignPages
    let acquaintances = Acquaintances()
    private var credentials: Credentials { keyring.credentials }
    var asksWhoComes: Bool { credentials.areAsked }

    /// What `refusal` may answer for a route.
    static func refusals(for route: Route, asksWhoComes: Bool) -> [Route.Refusal] {
        let access = route.access
        var all = [Route.Refusal(.misdirectedRequest, "The server is not called what Host says; see allowed-hosts.")]
        if access != .open {
            all.append(.init(.serviceUnavailable, "All connections are taken; Retry-After says when to try again."))
        }
        if access != .open, asksWhoComes {
            all.append(.init(.unauthorized, "A password or a token is needed, or it was wrong."))
            all.append(.init(.tooManyRequests, "Too many wrong ones; Retry-After says when to try again."))
        }
        if access == .control {
            all.append(.init(.forbidden, "The server is read-only, or the request comes from another site's page."))
        }
        if access == .control, route.method != .delete {
            all.append(.init(.unsupportedMediaType, "The body is not said to be application/json."))
        }
        return all
    }

    /// - Parameters:
    ///   - peer: the connection's other end; nil: a socket on this machine.
    ///   - localPort: the connection's own port.
    /// - Returns: nil if the request may be answered by `route`.
    func refusal(of request: Request, for route: Route, from peer: IPAddress?, at localPort: Int?) -> Response? {
        let authority = request.head.authority
        if let authority {
            guard hosts.allows(authority) else {
                return .problem(
                    .misdirectedRequest,
                    "this server is not called '\(authority.asHeaderValue)'; if it should be, add the name to "
                        + "allowed-hosts under serve in the config file")
            }
        } else if peer?.isLoopback != true {
            return .problem(.badRequest, "the request has no Host header")
        }
        // Without a name it is HTTP/1.0 from this machine, which is no browser that was led astray.
        if route.access == .open { return nil }
        if let refusal = refusalOfSender(of: request, from: address(of: request, peer), localPort) { return refusal }
        return route.access == .control ? refusalOfControl(request) : nil
    }

    /// The client's address: the peer's, or what a trusted proxy on this machine says.
    func address(of request: Request, _ peer: IPAddress?) -> IPAddress? {
        guard trustsProxy, peer?.isLoopback == true, let list = request.headers[.forwardedFor],
            let last = list.split(separator: ",").last
        else { return peer }
        return IPAddress(withPort: last.drop { $0 == " " }.prefix { $0 != " " }) ?? peer
    }

    /// What is right is let in: tokens and cookies are too long to be guessed. Passwords are not, so those who guess get no
    /// answer for a while, but for a password with which somebody has come in from the same place.
    private func refusalOfSender(of request: Request, from address: IPAddress?, _ localPort: Int?) -> Response? {
        let credentials = credentials
        guard credentials.areAsked else { return nil }
        let own = address?.block ?? "local"
        // What a page of another site lets a browser ask must not shut out who sits at it. It is counted by itself, since
        // whoever guesses could say the same of himself.
        let isForeign = request.comesFromOtherSite
        let client = isForeign ? own + " for other sites" : own
        let claim = credentials.claim(
            authorization: request.headers[.authorization], cookies: request.headers[values: .cookie],
            token: Query(request)["token"])
        switch claim {
        case .right(.cookie), .right(.token): return nil
        case .right(.address(let cookie)): return answer(withCookie: cookie, to: request, localPort)
        case .right(.password(let secret)):
            if acquaintances.contains(own, secret) { return nil }
            guard lockout.takesTry(client) else { return shutOut(client, address) }
            lockout.succeeded(client)
            acquaintances.insert(own, secret)
            return nil
        case .wrong:
            if isForeign { foreignPages.note(own, request) } else { failures.add() }
            let wasShutOut = lockout.remaining(client) != nil
            if lockout.takesTry(client) { lockout.failed(client) }
            return wasShutOut ? shutOut(client, address) : unauthorized("wrong password or token")
        case .none:
            return unauthorized("a password or a token is needed; a page is opened once with ?token=…")
        }
    }

    private func unauthorized(_ problem: String) -> Response {
        var response = Response.problem(.unauthorized, problem)
        response.headers[.wwwAuthenticate] = credentials.challenge
        return response
    }

    private func shutOut(_ client: String, _ address: IPAddress?) -> Response {
        var response = Response.problem(
            .tooManyRequests,
            "too many wrong passwords or tokens from \(address?.block ?? "this machine"); try again later")
        let seconds = lockout.remaining(client)?.inSeconds ?? 0
        response.headers[.retryAfter] = "\(max(1, Int(seconds.rounded(.up))))"
        return response
    }

    /// A page gets a cookie and an address without the token; a tool's single request is simply answered.
    private func answer(withCookie cookie: String, to request: Request, _ localPort: Int?) -> Response? {
        let query = Query(request)
        guard query["action"] == nil, request.method == .get, let page = PagePath(request.uri.path) else { return nil }
        // The cookie is for all cameras: it is handed out where their pages begin, which then leads back here.
        if case .camera(let name, let root) = page, let token = query["token"]?.asQueryValue {
            return Response(
                status: .seeOther,
                headers: [.location: "\(root)?token=\(token)&camera=\(name)", .cacheControl: "no-store"])
        }
        let wanted = query["camera"].flatMap { CameraName.isValid($0) ? $0 : nil }
        // Without a path it is that of the page, as the browser sees it.
        var attributes = "HttpOnly; SameSite=Strict; Max-Age=31536000"
        if keyring.tls != nil || request.headers[.forwardedProto] == "https" { attributes += "; Secure" }
        let name = Credentials.cookieName(authority: request.head.authority, localPort: localPort)
        return Response(
            status: .seeOther,
            headers: [
                .location: wanted.map { "./" + Routes.prefix.dropFirst() + $0 + "/" } ?? "./",
                .cacheControl: "no-store",
                .setCookie: "\(name)=\(cookie); \(attributes)",
            ])
    }

    /// Only our own page, and programs that are no browser, may change something: a foreign page's request would carry
    /// the user's cookie or password.
    private func refusalOfControl(_ request: Request) -> Response? {
        if isReadOnly { return .problem(.forbidden, "this server is read-only") }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        // No page of another site can send a DELETE without asking first, and that is never granted.
        guard request.method == .delete || type?.filter({ $0 != " " }) == "application/json" else {
            return .problem(.unsupportedMediaType, "send JSON, with Content-Type: application/json")
        }
        let foreign = Response.problem(.forbidden, "a page of another site may not change anything here")
        return request.comesFromOtherSite ? foreign : nil
    }
}

/// Where a page is.
private enum PagePath {
    case root
    /// And how the root is addressed from there.
    case camera(name: Substring, root: String)

    init?(_ path: String) {
        if path == "/" {
            self = .root
            return
        }
        guard path.hasPrefix(Routes.prefix) else { return nil }
        let rest = path.dropFirst(Routes.prefix.count)
        let name = rest.prefix { $0 != "/" }
        guard CameraName.isValid(name) else { return nil }
        switch rest.dropFirst(name.count) {
        case "": self = .camera(name: name, root: "../")
        case "/": self = .camera(name: name, root: "../../")
        default: return nil
        }
    }
}

extension String {
    /// RFC 3986, section 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// As the value of a field of a query.
    var asQueryValue: String? {
        addingPercentEncoding(withAllowedCharacters: Self.unreserved)
    }
}
