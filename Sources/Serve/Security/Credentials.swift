import Foundation

/// Who is let in: bearers of a token, and users with a password.
struct Credentials: Sendable {
    private let tokens: [Secret]
    /// "name:password" as one secret.
    private let users: [Secret]

    static let tokenLength = 16
    static let passwordLength = 8
    static let cookieName = "camstream"

    /// - Parameter tokenFile: a token a line.
    /// - Parameter userFile: "name:password" a line.
    init(tokenFile: String?, userFile: String?) throws(ServeError) {
        tokens = try tokenFile.map { path throws(ServeError) in try Self.tokens(path) } ?? []
        users = try userFile.map { path throws(ServeError) in try Self.users(path) } ?? []
    }

    /// Whether anybody is asked who they are.
    var areAsked: Bool { !tokens.isEmpty || !users.isEmpty }

    enum Claim: Equatable {
        case none
        case right
        case wrong
        /// A right token in the address, which a browser should forget: it gets this cookie instead.
        case rightInAddress(cookie: String)
    }

    /// What a request says about its sender.
    ///
    /// - Parameter authorization: the header's value.
    /// - Parameter token: the address's field of that name.
    func claim(authorization: String?, cookie: String?, token: String?) -> Claim {
        if !areAsked { return .right }
        if let token {
            guard let secret = tokens.first(where: { $0.matches(token) }) else { return .wrong }
            return .rightInAddress(cookie: secret.cookie)
        }
        if let authorization {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return .wrong }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "bearer": return Self.isAmong(tokens, value) ? .right : .wrong
            case "basic":
                guard let bytes = Data(base64Encoded: String(value)) else { return .wrong }
                return Self.isAmong(users, String(decoding: bytes, as: UTF8.self)) ? .right : .wrong
            default: return .wrong
            }
        }
        // An old cookie is no attempt to break in.
        guard let value = cookie.flatMap(Self.ownCookie) else { return .none }
        return tokens.contains { Secret($0.cookie).matches(value) } ? .right : .none
    }

    /// The answer's `WWW-Authenticate`: browsers ask for a name and a password where there are users.
    var challenge: String {
        users.isEmpty ? "Bearer realm=\"camstream\"" : "Basic realm=\"camstream\", charset=\"UTF-8\""
    }

    /// Compares with all of them, so that the time tells nothing.
    private static func isAmong(_ secrets: [Secret], _ text: some StringProtocol) -> Bool {
        secrets.reduce(false) { found, secret in secret.matches(text) || found }
    }

    private static func ownCookie(_ header: String) -> String? {
        for field in header.split(separator: ";") {
            let pair = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0] == cookieName { return String(pair[1]) }
        }
        return nil
    }

    private static func tokens(_ path: String) throws(ServeError) -> [Secret] {
        let lines = try secretLines(path)
        guard !lines.isEmpty else { throw .badSecrets(path: path, problem: "there is no token in it, one a line") }
        if let index = lines.firstIndex(where: { $0.utf8.count < tokenLength || $0.contains(where: \.isWhitespace) }) {
            throw .badSecrets(
                path: path,
                problem: "token \(index + 1) must be at least \(tokenLength) characters without spaces; "
                    + "`openssl rand -hex 32` makes a good one")
        }
        return lines.map { Secret($0) }
    }

    private static func users(_ path: String) throws(ServeError) -> [Secret] {
        let lines = try secretLines(path)
        guard !lines.isEmpty else { throw .badSecrets(path: path, problem: "there is no name:password in it") }
        for (index, line) in lines.enumerated() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].utf8.count >= passwordLength else {
                throw .badSecrets(
                    path: path,
                    problem: "user \(index + 1) must be name:password, with at least \(passwordLength) characters "
                        + "of password")
            }
        }
        return lines.map { Secret($0) }
    }
}
