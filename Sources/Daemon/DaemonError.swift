/// What is wrong between this program and the service manager that started it.
package enum DaemonError: Error, Equatable, CustomStringConvertible {
    case badVariable(name: String, value: String, expected: String)
    case cannotNotify(socket: String, reason: String)
    /// `names` are those of LISTEN_FDNAMES.
    case severalSockets(count: Int, names: [String])
    case notPassed(descriptor: CInt)
    case notASocket(descriptor: CInt)
    case notAStream(descriptor: CInt)
    case notListening(descriptor: CInt)
    case notInternet(descriptor: CInt)

    package var description: String {
        switch self {
        case .badVariable(let name, let value, let expected):
            "\(name) is '\(value)' and not \(expected): leave it to systemd to set it"
        case .cannotNotify(let socket, let reason):
            "cannot tell the service manager how things are, NOTIFY_SOCKET=\(socket): \(reason)"
        case .severalSockets(let count, let names):
            "systemd passed \(count) sockets\(names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"), and one is "
                + "served: leave one ListenStream= in the .socket unit"
        case .notPassed(let descriptor):
            "LISTEN_FDS promises a socket as descriptor \(descriptor), which is not open: leave it to systemd to set it"
        case .notASocket(let descriptor):
            "descriptor \(descriptor) from systemd is no socket: the .socket unit needs ListenStream= alone"
        case .notAStream(let descriptor):
            "socket \(descriptor) from systemd is no stream socket: the .socket unit needs ListenStream="
        case .notListening(let descriptor):
            "socket \(descriptor) from systemd does not listen: the .socket unit needs Accept=no"
        case .notInternet(let descriptor):
            "socket \(descriptor) from systemd is not of TCP: the .socket unit needs an address and a port, such as "
                + "ListenStream=127.0.0.1:8090"
        }
    }
}
