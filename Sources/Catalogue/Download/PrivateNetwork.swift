import Glibc

/// Addresses that are not of the public network: loopback, link-local, private (RFC 6890, RFC 4193, RFC 6598).
enum PrivateNetwork {
    /// - Parameter address: numbers, without brackets and port.
    static func contains(_ address: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, address, &v4) == 1 { return contains(withUnsafeBytes(of: &v4) { Array($0) }) }
        guard inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &v6) == 1 else { return false }
        let bytes = withUnsafeBytes(of: &v6) { Array($0) }
        // IPv4 within IPv6: mapped (::ffff:a.b.c.d), compatible, and by NAT64.
        let isV4 =
            bytes[..<10].allSatisfy { $0 == 0 }
            && (bytes[10...11].elementsEqual([255, 255]) || bytes[10...11].elementsEqual([0, 0]))
        if isV4 || bytes[..<12].elementsEqual([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) {
            // "::" and "::1" are among them.
            return contains(Array(bytes[12...]))
        }
        return bytes[0] & 0xfe == 0xfc || bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
    }

    /// The numbers of an address; empty for what is no address of a network.
    static func text(of address: UnsafePointer<sockaddr>) -> String {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let size =
            address.pointee.sa_family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        let flags = Int32(NI_NUMERICHOST)
        guard getnameinfo(address, socklen_t(size), &text, socklen_t(text.count), nil, 0, flags) == 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func contains(_ v4: [UInt8]) -> Bool {
        switch (v4[0], v4[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (192, 168), (172, 16...31), (100, 64...127): true
        default: false
        }
    }
}
