import Foundation

/// Who is let in: bearers of a token, and users with a password.
struct Credentials: Sendable, Equatable {
    private let tokens: [Secret]
    /// "name:password" as one secret.
    private let users: [Secret]

    static let tokenLength = 16
    static let passwordLength = 8
    /// Beginning of the cookies' names.
    static let cookiePrefix = "camstream"

    /// Browsers keep one set of cookies for all ports of a host, so that two cameras there need two names. The path under
    /// which a proxy shows the camera is known to the browser alone, which keeps the cookie for that path.
    ///
    /// - Parameter authority: what the request calls the server; its port is the one that the browser sees.
    static func cookieName(authority: String?, localPort: Int?) -> String {
        let named = authority?.lastIndex(of: ":").flatMap { Int(authority![$0...].dropFirst()) }
        return cookiePrefix + ((named ?? localPort).map { "-\($0)" } ?? "")
    }

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
        case right(Proof)
        case wrong
    }

    /// By what somebody is let in.
    enum Proof: Equatable {
        case cookie, token
        /// A right token in the address, which a browser should forget: it gets this cookie instead.
        case address(cookie: String)
        /// Name and password.
        case password(Secret)
    }

    /// What a request says about its sender.
    ///
    /// - Parameter authorization: the header's value.
    /// - Parameter cookies: the headers' values.
    /// - Parameter token: the address's field of that name.
    func claim(authorization: String?, cookies: [String], token: String?) -> Claim {
        if let token {
            guard let secret = Self.match(tokens, token) else { return .wrong }
            return .right(.address(cookie: secret.cookie))
        }
        if let authorization {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return .wrong }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "bearer": return Self.match(tokens, value) == nil ? .wrong : .right(.token)
            case "basic":
                guard let bytes = Data(base64Encoded: String(value)),
                    let text = String(validating: bytes, as: UTF8.self), let secret = Self.match(users, text)
                else { return .wrong }
                return .right(.password(secret))
            default: return .wrong
            }
        }
        // An old cookie is no attempt to break in.
        return cookies.contains(where: isOwn) ? .right(.cookie) : .none
    }

    /// The answer's `WWW-Authenticate`: browsers ask for a name and a password where there are users.
    var challenge: String {
        users.isEmpty ? "Bearer realm=\"camstream\"" : "Basic realm=\"camstream\", charset=\"UTF-8\""
    }

    /// Compares with all of them, so that the time tells nothing.
    private static func match(_ secrets: [Secret], _ text: some StringProtocol) -> Secret? {
        secrets.reduce(nil) { found, secret in secret.matches(text) ? secret : found }
    }

    private func isOwn(_ header: String) -> Bool {
        header.split(separator: ";").contains { field in
            let pair = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            // Those of other cameras, and of other paths, may come, too: any that is right will do.
            guard pair.count == 2, pair[0].hasPrefix(Self.cookiePrefix) else { return false }
            return tokens.contains { Secret($0.cookie).matches(pair[1]) }
        }
    }

    private static func tokens(_ path: String) throws(ServeError) -> [Secret] {
        let lines = try SecretFile.lines(path)
        guard !lines.isEmpty else { throw .badSecrets(path: path, problem: "there is no token in it, one a line") }
        let wrong = lines.firstIndex { line in
            line.utf8.count < tokenLength || line.contains(where: \.isWhitespace)
                || line.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        if let index = wrong {
            throw .badSecrets(
                path: path,
                problem: "token \(index + 1) must be at least \(tokenLength) characters without spaces; "
                    + "`openssl rand -hex 32` makes a good one")
        }
        return lines.map { Secret($0) }
    }

    private static func users(_ path: String) throws(ServeError) -> [Secret] {
        let lines = try SecretFile.lines(path)
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
