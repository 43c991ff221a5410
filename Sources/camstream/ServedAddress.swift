import Glibc

/// Where browsers find a server that listens: an address that can be opened as it is written.
struct ServedAddress {
    private let scheme: String
    private let host: String
    private let port: Int

    /// - Parameter host: what the server listens on; that may be every address of the machine.
    init(_ scheme: String, host: String, port: Int) {
        (self.scheme, self.host, self.port) = (scheme, host, port)
    }

    /// - Parameter others: addresses of this machine that other machines may know.
    func text(others: [String] = Self.ofThisMachine) -> String {
        let usable = ["0.0.0.0": "127.0.0.1", "::": "[::1]"]
        guard let local = usable[host] else { return address(host.contains(":") ? "[\(host)]" : host) }
        guard let other = others.first else { return address(local) }
        return "\(address(local)) (from other machines: \(address(other)))"
    }

    private func address(_ host: String) -> String { "\(scheme)://\(host):\(port)/" }

    /// IPv4 addresses of the networks that are up, but for the loopback.
    private static var ofThisMachine: [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [String] = []
        for interface in sequence(first: first, next: { $0?.pointee.ifa_next }) {
            guard let interface = interface?.pointee, let address = interface.ifa_addr,
                address.pointee.sa_family == sa_family_t(AF_INET),
                interface.ifa_flags & UInt32(IFF_UP) != 0,
                interface.ifa_flags & UInt32(IFF_LOOPBACK) == 0
            else { continue }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            guard getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
                continue
            }
            found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return found
    }
}
