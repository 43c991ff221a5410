import Glibc

/// An IP address in one form, however it is written: `::ffff:192.0.2.1`, as a socket for both families calls an IPv4
/// client, is 192.0.2.1, and `0:0:0:0:0:0:0:1` is `::1`. A zone such as `%eth0` is left out.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16, in network order.
    private let bytes: [UInt8]

    /// - Parameter text: without brackets and port.
    init?(_ text: some StringProtocol) {
        let text = String(text.prefix { $0 != "%" })
        // Bytes rather than in_addr and in6_addr, which several C modules define.
        func parsed(_ family: Int32, _ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            return bytes.withUnsafeMutableBytes { inet_pton(family, text, $0.baseAddress) } == 1 ? bytes : nil
        }
        if let v4 = parsed(AF_INET, 4) {
            bytes = v4
        } else if let all = parsed(AF_INET6, 16) {
            let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
            bytes = isMapped ? Array(all.suffix(4)) : all
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// As `X-Forwarded-For` may write it: also with a port.
    init?(withPort text: some StringProtocol) {
        let text = String(text)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            self.init(text[text.index(after: text.startIndex)..<end])
        } else if text.count(where: { $0 == ":" }) == 1 {
            self.init(text.prefix { $0 != ":" })
        } else {
            self.init(text)
        }
    }

    private var isV4: Bool { bytes.count == 4 }

    var isLoopback: Bool { isV4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 }

    /// What one client has: an IPv4 address, or the 64 bits of a network within which it may take any IPv6 address.
    var block: String {
        isV4 ? description : IPAddress(bytes: bytes.prefix(8) + [UInt8](repeating: 0, count: 8)).description + "/64"
    }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isV4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
