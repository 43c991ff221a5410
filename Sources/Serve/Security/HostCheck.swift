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
        all.formUnion(["localhost", "127.0.0.1", "::1", address.lowercased()])
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
        return names.contains(host) || takesAnyAddress && Self.isNumeric(host)
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

    static func isNumeric(_ host: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1
    }

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        var v4 = in_addr()
        return inet_pton(AF_INET, host, &v4) == 1 && UInt32(bigEndian: v4.s_addr) >> 24 == 127
    }
}
