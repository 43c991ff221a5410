import Foundation
import Glibc

/// What systemd tells a service in environment variables: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).
package struct ServiceVariables: Sendable {
    package static let names = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
    ]
    /// SD_LISTEN_FDS_START: sockets are handed over from this descriptor on.
    package static let firstDescriptor: CInt = 3

    let values: [String: String]
    let processID: Int32
    let firstDescriptor: CInt

    package init(
        _ values: [String: String], processID: Int32 = getpid(), firstDescriptor: CInt = Self.firstDescriptor
    ) {
        self.values = values
        self.processID = processID
        self.firstDescriptor = firstDescriptor
    }

    /// Reads the variables and removes them, so that no program started by this one takes them for its own.
    ///
    /// To be called once and before there are other threads, which may be reading the environment.
    package static func take() -> ServiceVariables {
        let values = ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
        for name in names { unsetenv(name) }
        return ServiceVariables(values)
    }

    subscript(_ name: String) -> String? {
        // systemd's own library takes an empty variable for none.
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether a variable such as `LISTEN_PID` names this process. One that inherited the variables is not meant.
    func isForThisProcess(_ name: String) throws(DaemonError) -> Bool {
        guard let text = self[name] else { return false }
        guard let processID = Int32(text), processID > 0 else {
            throw .badVariable(name: name, value: text, expected: "a process number")
        }
        return processID == self.processID
    }
}
