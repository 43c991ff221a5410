import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Finds the route of a request, lets the gatekeeper look at it, and answers.
struct RouteTable: Sendable {
    /// By their paths; those of a camera by what follows its own.
    private let process: [String: [Route]]
    private let camera: [String: [Route]]
    private let overview: [String: [Route]]
    /// What there is in the place of all others; nil: nothing is.
    private let files: Route?
    private let cameras: ServedCameras
    private let gatekeeper: Gatekeeper
    private let connections: Connections
    private let metrics: Metrics
    private let logger: Logger

    /// Addresses that users of other programs expect.
    private static let aliases = ["/stream.mjpg": "/stream", "/snapshot": "/snapshot.jpg", "/state": "/api/state"]

    init(
        _ routes: Routes, cameras: ServedCameras, files: Route? = nil, gatekeeper: Gatekeeper, connections: Connections,
        metrics: Metrics, logger: Logger
    ) {
        self.files = files
        process = Dictionary(grouping: routes.process, by: \.path)
        camera = Dictionary(grouping: routes.camera, by: \.path)
        overview = Dictionary(grouping: routes.overview, by: \.path)
        self.cameras = cameras
        self.gatekeeper = gatekeeper
        self.connections = connections
        self.metrics = metrics
        self.logger = logger
    }

    func answer(_ request: Request, _ channel: any Channel) async -> Response {
        let peer = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        var response = await answer(request, channel, from: peer, at: channel.localAddress?.port)
        metrics.counter(
            "camstream_http_requests_total", "Requests answered, by status.",
            labels: [("code", "\(response.status.code)")]
        ).add()
        // The query may hold a token.
        logger.debug(
            "\(request.method) \(request.uri.path) from \(peer?.description ?? "local"): \(response.status.code)")
        response.headers[.date] = Self.date()
        response.headers[.server] = "camstream"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
        if response.headers[.resourcePolicy] == nil { response.headers[.resourcePolicy] = "same-origin" }
        guard request.method == .head else { return response }
        var head = response.createHeadResponse()
        // A stream has no length, and its head must not tell one.
        head.headers[.contentLength] = response.headers[.contentLength]
        return head
    }

    private func answer(
        _ request: Request, _ channel: any Channel, from peer: IPAddress?, at localPort: Int?
    ) async -> Response {
        guard let (methods, cameraName) = find(request.uri.path) else { return nothing(at: request.uri.path) }
        let wanted = request.method == .head ? HTTPRequest.Method.get : request.method
        guard let route = methods.first(where: { $0.method == wanted }) else {
            var response = Response.problem(
                .methodNotAllowed, "\(request.uri.path) does not know \(request.method.rawValue)")
            let known = methods.map(\.method.rawValue)
            response.headers[.allow] = (known + (known.contains("GET") ? ["HEAD"] : [])).joined(separator: ", ")
            return response
        }
        if let refusal = gatekeeper.refusal(of: request, for: route, from: peer, at: localPort) { return refusal }
        let isOpen = route.access == .open
        guard connections.mayStay(channel, isSignedIn: !isOpen && gatekeeper.asksWhoComes, isSignOfLife: isOpen) else {
            var response = Response.unavailable("all connections are taken; try again later", retryAfterSeconds: 5)
            response.headers[.connection] = "close"
            return response
        }
        do {
            let response: Response
            switch route.answer {
            case .process(let answer): response = try await answer(request, channel)
            case .camera(let answer):
                guard let camera = cameras[cameraName] else { return Self.noCamera(cameraName) }
                response = try await answer(camera, request, channel)
            }
            assert(
                response.status == .ok || route.refusals.contains { $0.status == response.status },
                "\(route.method) \(route.path) does not declare \(response.status)")
            return response
        } catch {
            logger.warning("\(request.method) \(request.uri.path): \(error)")
            return .problem(.internalServerError, "something went wrong; the log says more")
        }
    }

    /// The routes of a path, one for each method, and the camera's name; "" where none is told.
    private func find(_ path: String) -> (methods: [Route], camera: Substring)? {
        if let files { return ([files], "") }
        if let methods = process[path] { return (methods, "") }
        if cameras.unnamed != nil { return camera[Self.aliases[path] ?? path].map { ($0, "") } }
        if let methods = overview[path] { return (methods, "") }
        guard path.hasPrefix(Routes.prefix) else { return nil }
        let (name, rest) = Self.split(path.dropFirst(Routes.prefix.count))
        return camera[Self.aliases[rest] ?? rest].map { ($0, name) }
    }

    private func nothing(at path: String) -> Response {
        // As where there is one camera.
        guard cameras.unnamed == nil, camera[Self.aliases[path] ?? path] != nil else {
            return .problem(.notFound, "there is nothing here; GET api/openapi.json lists what there is")
        }
        return .problem(.notFound, "each camera has its own: cameras/NAME\(path); GET api/cameras lists them")
    }

    private static func split(_ path: Substring) -> (name: Substring, rest: String) {
        let name = path.prefix { $0 != "/" }
        return (name, String(path[name.endIndex...]))
    }

    private static func noCamera(_ name: Substring) -> Response {
        .problem(
            .notFound,
            "there is no camera '\(String(name.prefix(64)).asHeaderValue)'; GET api/cameras lists those there are")
    }

    /// RFC 9110, section 5.6.7.
    private static func date() -> String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(parts.tm_wday)]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return "\(day), \(two(parts.tm_mday)) \(month[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
