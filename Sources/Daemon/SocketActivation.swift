import Glibc

/// The listening socket that systemd opened for this program, by the protocol of sd_listen_fds(3).
package enum SocketActivation {
    /// The socket, or nil where systemd passed none. The caller owns it. No program started by this one inherits it.
    ///
    /// - Throws: `DaemonError` if it is not one listening TCP socket.
    package static func socket(_ variables: ServiceVariables) throws(DaemonError) -> CInt? {
        guard try variables.isForThisProcess("LISTEN_PID"), let text = variables["LISTEN_FDS"] else { return nil }
        guard let count = Int(text), (0...1024).contains(count) else {
            throw .badVariable(name: "LISTEN_FDS", value: text, expected: "a number of sockets")
        }
        let first = variables.firstDescriptor
        for index in 0..<CInt(count) {
            let flags = fcntl(first + index, F_GETFD)
            guard flags >= 0, fcntl(first + index, F_SETFD, flags | FD_CLOEXEC) == 0 else {
                throw .notPassed(descriptor: first + index)
            }
        }
        guard count <= 1 else {
            let names = variables["LISTEN_FDNAMES"]?.split(separator: ":").map(String.init) ?? []
            throw .severalSockets(count: count, names: names)
        }
        guard count == 1 else { return nil }
        try check(first)
        return first
    }

    private static func check(_ descriptor: CInt) throws(DaemonError) {
        guard let type = option(SO_TYPE, of: descriptor) else { throw .notASocket(descriptor: descriptor) }
        guard type == CInt(SOCK_STREAM.rawValue) else { throw .notAStream(descriptor: descriptor) }
        let domain = option(SO_DOMAIN, of: descriptor)
        guard domain == AF_INET || domain == AF_INET6 else { throw .notInternet(descriptor: descriptor) }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1 else { throw .notListening(descriptor: descriptor) }
    }

    /// An option at the level of sockets; nil for what is no socket.
    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}
