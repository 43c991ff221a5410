import Glibc

/// What systemd is to a service: a datagram socket that gets its messages.
package final class NotifyReceiver {
    package struct Failure: Error {
        package let code = errno
    }

    /// For NOTIFY_SOCKET.
    package let name: String
    private let descriptor: CInt
    private let address: sockaddr_un
    private let size: socklen_t

    /// - Parameter name: a path, or a name of the abstract namespace after a @.
    package init(_ name: String) throws {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let size = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + name.utf8.count)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: name.utf8)
            if name.hasPrefix("@") { path[0] = 0 }
        }
        (self.address, self.size) = (address, size)
        let isBound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        // A message that does not come fails the test instead of holding it up.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        guard isBound == 0,
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size)) == 0
        else { throw Failure() }
    }

    deinit { close(descriptor) }

    /// Sends itself messages until its queue takes no more, as if it read nothing for long.
    package func fill() {
        let sender = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(sender) }
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                while sendto(sender, "x", 1, Int32(MSG_DONTWAIT), address, size) == 1 {}
            }
        }
    }

    /// The lines of the next message.
    package func next() throws -> [String] { try receive(flags: 0) }

    /// Whether every message was read.
    package var isEmpty: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT | MSG_PEEK)) < 0
    }

    /// Reads messages up to one with a line that begins like this.
    ///
    /// - Returns: the lines of all of them.
    package func messages(upTo beginning: String) throws -> [String] {
        var lines: [String] = []
        while !lines.contains(where: { $0.hasPrefix(beginning) }) { lines += try next() }
        return lines
    }

    /// The lines of all messages that are there already.
    package func waiting() throws -> [String] {
        var lines: [String] = []
        while !isEmpty { lines += try next() }
        return lines
    }

    private func receive(flags: Int32) throws -> [String] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, flags)
        guard count >= 0 else { throw Failure() }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
