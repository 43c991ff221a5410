import Glibc

/// A descriptor such as systemd passes, at a free number that is known to be followed by a closed one.
final class PassedSocket {
    let descriptor: CInt

    /// - Parameter open: makes a descriptor.
    init(_ open: () -> CInt) {
        let made = open()
        precondition(made >= 0, "no descriptor: \(errno)")
        // Far from those that other tests get at the same time.
        descriptor = fcntl(made, F_DUPFD, 700)
        close(made)
    }

    deinit { close(descriptor) }

    var isClosedOnExec: Bool { fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0 }

    static func tcp(_ domain: CInt = AF_INET, listening: Bool = true) -> CInt {
        let made = socket(domain, Int32(SOCK_STREAM.rawValue), 0)
        if listening { listen(made, 1) }  // unbound, a TCP socket gets a free port
        return made
    }
}
