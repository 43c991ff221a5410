import HTTPTypes
import HummingbirdCore
import Logging
import Synchronization

extension Request {
    /// Whether a browser says that a page of another site lets it ask.
    var comesFromOtherSite: Bool {
        if let site = headers[.secFetchSite] { return site != "same-origin" && site != "none" }
        // Older browsers, and plain HTTP from another machine. "null" is the origin of sandboxed pages.
        guard let page = headers[.origin] ?? headers[.referer] else { return false }
        guard let scheme = page.firstRange(of: "://") else { return true }
        let sender = page[scheme.upperBound...].prefix { $0 != "/" }.lowercased()
        // A page can't set X-Forwarded-Host without asking first, and that is never granted: a proxy has set it.
        return ![head.authority, headers[.forwardedHost]].contains { $0?.lowercased() == sender }
    }
}

/// Tells the log of pages of other sites that let a browser try passwords or tokens: once for each client, and not for
/// more than a few, so that no page can fill the log.
final class ForeignPages: Sendable {
    private static let most = 32
    private let noted = Mutex<Set<String>>([])
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func note(_ client: String, _ request: Request) {
        let isNew = noted.withLock { noted in noted.count < Self.most && noted.insert(client).inserted }
        guard isNew else { return }
        let page = (request.headers[.origin] ?? request.headers[.referer]).map { " (\($0.asHeaderValue.prefix(200)))" }
        logger.warning(
            "a page of another site\(page ?? "") lets a browser at \(client) send wrong passwords or tokens; they do not count"
        )
    }
}

extension HTTPField.Name {
    static let forwardedFor = Self("X-Forwarded-For")!
    static let forwardedHost = Self("X-Forwarded-Host")!
    static let forwardedProto = Self("X-Forwarded-Proto")!
    static let secFetchSite = Self("Sec-Fetch-Site")!
}
