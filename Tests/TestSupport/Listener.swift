import Glibc

/// A socket on a free port of this machine.
package final class Listener: Sendable {
    package struct Failure: Error {
        package let code = errno
    }

    package let port: UInt16
    private let socket: Int32

    package init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = UInt16(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let isReady = withUnsafeMutableBytes(of: &address) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            return bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                && getsockname(descriptor, address, &size) == 0
        }
        guard isReady else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }

    /// Makes `accept` end, now and from now on.
    package func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    /// The socket once more, for another process to listen on.
    package var descriptor: Int32 { dup(socket) }

    /// Waits for a connection; nil when it was stopped.
    package func connection() -> Connection? {
        let descriptor = accept(socket, nil, nil)
        return descriptor < 0 ? nil : Connection(descriptor: descriptor)
    }

    /// Takes one connection, reads its request and sends `bytes`.
    package func answerOnce(_ bytes: [UInt8]) {
        guard let connection = connection() else { return }
        _ = connection.receiveHead()
        connection.send(bytes)
    }
}

/// One client. Closed with this object.
package final class Connection {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// What comes up to an empty line.
    package func receiveHead() -> String {
        var head = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !head.contains("\r\n\r\n") {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            head += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return head
    }

    package func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Waits until the client has gone.
    package func waitForEnd() {
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) > 0 {}
    }

    /// Whether the client has gone; waits so long for it.
    package func hasEnded(milliseconds: Int32) -> Bool {
        // POLLRDHUP, which Swift does not import. What a client sends and nobody reads does not end the waiting.
        var waiting = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        return poll(&waiting, 1, milliseconds) > 0
    }
}
