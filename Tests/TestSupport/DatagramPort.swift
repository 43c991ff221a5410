import Glibc

/// A port of this machine on which nobody receives datagrams.
package enum DatagramPort {
    package struct NoneFree: Error {}

    /// Below those that the system gives whoever sends something: one of these could take a port before the program does.
    private static let range: ClosedRange<UInt16> = 20_000...32_000

    package static func free() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: range)
            if isFree(port) { return port }
        }
        throw NoneFree()
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = UInt16(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafeBytes(of: &address) { bytes in
            bind(
                socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
