import Glibc

/// Whether a request's `Host` is one of ours. A foreign page can let its own name point to this machine (DNS rebinding);
/// the browser then sends that name, and would let the page read what we answer.
struct HostCheck: Sendable {
    /// Lower case, without port.
    private let names: Set<String>
    private let takesAnyAddress: Bool

    /// - Parameter address: what the server is bound to.
    /// - Parameter names: further names, such as that of a reverse proxy.
    init(boundTo address: String, names: [String]) {
        var all = Set(names.map { $0.lowercased() })
        all.formUnion(["localhost", "127.0.0.1", "::1", IPAddress(address)?.description ?? address.lowercased()])
        takesAnyAddress = ["0.0.0.0", "::", "*", ""].contains(address)
        if takesAnyAddress {
            var buffer = [CChar](repeating: 0, count: 256)
            if gethostname(&buffer, buffer.count - 1) == 0 {
                let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                    .lowercased()
                all.formUnion([name, "\(name).local"])
            }
        }
        self.names = all
    }

    /// - Parameter authority: "host", "host:port" or "[v6]:port".
    func allows(_ authority: String) -> Bool {
        guard let host = Self.host(authority) else { return false }
        // A name is what rebinding needs; a numeric address is the one that the browser connected to.
        guard let address = IPAddress(host) else { return names.contains(host) }
        return takesAnyAddress || names.contains(address.description)
    }

    /// Lower case, without port and brackets; nil if it is no host.
    static func host(_ authority: String) -> String? {
        var host = Substring(authority)
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            host = host[host.index(after: host.startIndex)..<end]
        } else if let colon = host.firstIndex(of: ":") {
            guard isPort(host[colon...]) else { return nil }
            host = host[..<colon]
        }
        if host.hasSuffix(".") { host.removeLast() }
        return host.isEmpty ? nil : host.lowercased()
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && text.count <= 6 && text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Whether a server that is bound there is reached from this machine only.
    static func isLoopback(_ host: String) -> Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }
}
