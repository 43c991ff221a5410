import Glibc

/// The datagram socket that NOTIFY_SOCKET names: a path, or with a leading @ a name of Linux's abstract namespace.
final class NotifySocket: Sendable {
    private let name: String
    private let descriptor: CInt
    private let address: [UInt8]

    /// Nothing is sent yet.
    init(_ name: String) throws(DaemonError) {
        self.name = name
        guard let address = Self.address(name) else {
            throw .cannotNotify(
                socket: name, reason: "it must begin with / or @ and have at most \(Self.longestName) bytes")
        }
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .cannotNotify(socket: name, reason: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// Sends one message.
    ///
    /// - Parameter waits: whether it waits while the receiver's queue is full.
    /// - Returns: false: the receiver's queue is full.
    func send(_ message: String, waits: Bool) throws(DaemonError) -> Bool {
        let bytes = Array(message.utf8)
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        var sent = -1
        repeat {
            sent = address.withUnsafeBytes { address in
                sendto(
                    descriptor, bytes, bytes.count, flags,
                    address.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(address.count))
            }
        } while sent < 0 && errno == EINTR
        if sent < 0, !waits, errno == EAGAIN || errno == EWOULDBLOCK { return false }
        guard sent == bytes.count else { throw .cannotNotify(socket: name, reason: String(cString: strerror(errno))) }
        return true
    }

    private static let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
    private static let longestName = MemoryLayout<sockaddr_un>.size - pathOffset - 1

    /// The bytes of a `sockaddr_un`; nil where the name has no such address. Only what is used of an abstract name
    /// belongs to the address, as the zeros after it would be a part of the name.
    private static func address(_ name: String) -> [UInt8]? {
        var path = Array(name.utf8)
        guard path.count > 1, path.count <= longestName, !path.contains(0) else { return nil }
        switch path[0] {
        case UInt8(ascii: "@"): path[0] = 0
        case UInt8(ascii: "/"): path.append(0)
        default: return nil
        }
        return withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + path
    }
}
