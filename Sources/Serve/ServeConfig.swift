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
    /// Whether segments for players (HLS) are made also while nobody asks for them.
    package var hlsAlways = false

    package init() {}

    package static let settings: [SettingDescriptor<ServeConfig>] = [
        .init(
            \.listen, "listen", .text(),
            "What the HTTP server listens on, such as 127.0.0.1:8090, [::1]:80 or *:8090; implies --serve."),
        .init(\.quality, "quality", .whole(1...100), "Quality of the JPEGs."),
        .init(\.maximumClients, "max-clients", .whole(1...10_000), "Clients that may watch at a time."),
        .init(
            \.tokenFile, "token-file", .optional(.text()), example: "tokens",
            "File of tokens that let clients in, one a line."),
        .init(
            \.userFile, "user-file", .optional(.text()), example: "users",
            "File of users that are let in, each 'name:password'."),
        .init(\.insecure, "insecure", .flag, "Let anybody in, also from other machines."),
        .init(
            \.tlsCertificate, "tls-cert", .optional(.text()), example: "cert.pem",
            "PEM file of the server's certificate, for HTTPS."),
        .init(\.tlsKey, "tls-key", .optional(.text()), example: "key.pem", "PEM file of the certificate's key."),
        .init(
            \.allowedHosts, "allowed-hosts", .list("names such as camera.example.org, without a scheme"),
            "Further names of this server, such as a proxy's: [camera.example.org]."),
        .init(
            \.trustProxy, "trust-proxy", .flag, "A proxy on this machine says in X-Forwarded-For for whom it asks."),
        .init(\.readOnly, "read-only", .flag, "Let clients change nothing."),
        .init(
            \.staleAfter, "stale-after", .number(0.1...3600, unit: "seconds"),
            "Seconds after which the newest frame is too old for the program to be ready."),
        .init(
            \.hlsAlways, "hls-always", .flag,
            "Make the segments of /hls/index.m3u8 also while nobody asks for them, so that players begin at once."),
    ]

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    package func validate() throws(ConfigError) {
        _ = try address
        try Self.settings.check(self, in: "serve")
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
