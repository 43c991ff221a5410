package import Pipeline

/// The settings of the server: the key `serve` of a config file.
package struct ServeConfig: Decodable, Sendable, Equatable {
    /// What to listen on: "host:port", "[v6]:port". Port 0 is any free one.
    package var listen = "127.0.0.1:8090"
    /// Quality of the JPEGs, 1...100.
    package var quality = 80
    /// Clients that may watch the stream at a time; the same number may listen to events.
    package var maximumClients = 128
    /// Files whose lines are tokens, and "name:password".
    package var tokenFile: String?
    package var userFile: String?
    /// Whether anybody on the network may come in.
    package var insecure = false
    /// PEM files: the certificate with its chain, and its key.
    package var tlsCertificate: String?
    package var tlsKey: String?
    /// Further names that requests may call this server, such as that of a reverse proxy.
    package var allowedHosts: [String] = []
    /// Whether a proxy on this machine says in X-Forwarded-For for whom it asks.
    package var trustProxy = false
    /// Whether clients may change nothing.
    package var readOnly = false
    /// Age in seconds at which the newest picture is stale, and the program not ready.
    package var staleAfter = 5.0

    package init() {}

    private enum Key: String, CodingKey, CaseIterable {
        case listen, quality
        case maximumClients = "max-clients"
        case tokenFile = "token-file"
        case userFile = "user-file"
        case insecure
        case tlsCertificate = "tls-cert"
        case tlsKey = "tls-key"
        case allowedHosts = "allowed-hosts"
        case trustProxy = "trust-proxy"
        case readOnly = "read-only"
        case staleAfter = "stale-after"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        listen = try fields.decodeIfPresent(String.self, forKey: .listen) ?? listen
        quality = try fields.decodeIfPresent(Int.self, forKey: .quality) ?? quality
        maximumClients = try fields.decodeIfPresent(Int.self, forKey: .maximumClients) ?? maximumClients
        tokenFile = try fields.decodeIfPresent(String.self, forKey: .tokenFile)
        userFile = try fields.decodeIfPresent(String.self, forKey: .userFile)
        insecure = try fields.decodeIfPresent(Bool.self, forKey: .insecure) ?? insecure
        tlsCertificate = try fields.decodeIfPresent(String.self, forKey: .tlsCertificate)
        tlsKey = try fields.decodeIfPresent(String.self, forKey: .tlsKey)
        allowedHosts = try fields.decodeIfPresent([String].self, forKey: .allowedHosts) ?? allowedHosts
        trustProxy = try fields.decodeIfPresent(Bool.self, forKey: .trustProxy) ?? trustProxy
        readOnly = try fields.decodeIfPresent(Bool.self, forKey: .readOnly) ?? readOnly
        staleAfter = try fields.decodeIfPresent(Double.self, forKey: .staleAfter) ?? staleAfter
    }

    package func validate() throws(ConfigError) {
        _ = try address
        guard (1...100).contains(quality) else {
            throw .outOfRange(key: "serve.quality", value: "\(quality)", allowed: "1 to 100")
        }
        guard (1...10_000).contains(maximumClients) else {
            throw .outOfRange(key: "serve.max-clients", value: "\(maximumClients)", allowed: "1 to 10000")
        }
        guard staleAfter.isFinite, (0.1...3600).contains(staleAfter) else {
            throw .outOfRange(key: "serve.stale-after", value: "\(staleAfter)", allowed: "0.1 to 3600 seconds")
        }
        if let name = allowedHosts.first(where: { HostCheck.host($0) == nil }) {
            throw .outOfRange(
                key: "serve.allowed-hosts", value: name, allowed: "names such as camera.example.org, without a scheme")
        }
    }

    /// Host and port of `listen`.
    package var address: (host: String, port: Int) {
        get throws(ConfigError) {
            let wrong = ConfigError.outOfRange(
                key: "serve.listen", value: listen, allowed: "host:port, such as 127.0.0.1:8090 or [::1]:8090")
            guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
                (0...65535).contains(port)
            else { throw wrong }
            var host = listen[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                throw wrong
            }
            if host == "*" { host = "0.0.0.0" }
            guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { throw wrong }
            return (String(host), port)
        }
    }
}
