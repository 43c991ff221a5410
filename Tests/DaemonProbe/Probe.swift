import Daemon
import Glibc

/// A service that does nothing but what the tests watch: it says on standard output what it found, greets one client of
/// the socket it was passed, reloads on SIGHUP, and ends with its standard input.
@main
struct Probe {
    static func main() {
        let variables = ServiceVariables.take()
        say("variables left: \(ServiceVariables.names.filter { getenv($0) != nil })")
        let manager = ServiceManager(variables) { say("failure: \($0)") }
        say("watchdog: \(manager.watchdogInterval.map { "\($0)" } ?? "none")")
        let socket: CInt?
        do {
            socket = try SocketActivation.socket(variables)
        } catch {
            say("error: \(error)")
            exit(ServiceExit.config.rawValue)
        }
        let hangup = Hangup {
            manager.reloading()
            manager.ready(status: "reloaded")
        }
        manager.ready(status: "probing")
        if let socket { greet(socket) }
        withExtendedLifetime(hangup) {
            while readLine() != nil {}
        }
        manager.stopping()
    }

    private static func greet(_ socket: CInt) {
        say("socket \(socket), close-on-exec \(fcntl(socket, F_GETFD) & FD_CLOEXEC != 0)")
        let client = accept(socket, nil, nil)
        _ = send(client, "hello", 5, Int32(MSG_NOSIGNAL))
        close(client)
    }

    private static func say(_ line: String) { _ = write(1, line + "\n", line.utf8.count + 1) }
}
