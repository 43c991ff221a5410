import Glibc
import Synchronization

/// The service manager that started this program, and what it is told: the protocol of sd_notify(3).
///
/// Where none did (NOTIFY_SOCKET is not set) all of this does nothing. No call waits for a manager that does not read.
package final class ServiceManager: Sendable {
    private let queue: NotifyQueue?

    /// Within this time of the last `watchdogPing()` the next one must come, or the service is ended and started again;
    /// nil where nobody waits for one. From WATCHDOG_USEC and WATCHDOG_PID.
    package let watchdogInterval: Duration?

    /// - Parameter onFailure: called once, when something is wrong with the variables or the first message cannot be
    ///   sent: the program can go on, but the service manager will not wait for it for long.
    package init(_ variables: ServiceVariables, onFailure: @escaping @Sendable (DaemonError) -> Void = { _ in }) {
        let once = Once(onFailure)
        var failure: DaemonError?
        do {
            queue = try variables["NOTIFY_SOCKET"].map { name throws(DaemonError) in
                NotifyQueue(try NotifySocket(name), onFailure: once.report)
            }
        } catch {
            queue = nil
            failure = error
        }
        do {
            watchdogInterval = try Self.watchdogInterval(variables)
        } catch {
            watchdogInterval = nil
            failure = failure ?? error
        }
        if let failure { once.report(failure) }
    }

    /// Whether anybody listens.
    package var isPresent: Bool { queue != nil }

    /// The start, or a reload, is done.
    package func ready(status: String? = nil) { send("READY=1" + Self.line(status)) }

    /// The settings are read again; `ready()` must follow, also when the old ones stay.
    package func reloading() {
        // Type=notify-reload compares the time with that of its signal; others ignore it.
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The end has begun.
    package func stopping(status: String? = nil) { send("STOPPING=1" + Self.line(status)) }

    /// One line for `systemctl status`.
    package func status(_ text: String) { send(String(Self.line(text).dropFirst())) }

    /// Starting, reloading or stopping takes this long from now on, whatever the unit's time-outs say.
    package func extendTimeout(by time: Duration) { send("EXTEND_TIMEOUT_USEC=\(time.microseconds)") }

    /// The program works. To be called by a `Watchdog`, which knows.
    package func watchdogPing() { send("WATCHDOG=1") }

    private func send(_ message: String) { queue?.send(message) }

    /// Tells the first failure.
    private final class Once: Sendable {
        private let tell: @Sendable (DaemonError) -> Void
        private let hasFailed = Atomic(false)

        init(_ tell: @escaping @Sendable (DaemonError) -> Void) { self.tell = tell }

        func report(_ failure: DaemonError) {
            if !hasFailed.exchange(true, ordering: .relaxed) { tell(failure) }
        }
    }

    /// A line break in a text would begin another assignment.
    private static func line(_ status: String?) -> String {
        status.map { "\nSTATUS=" + $0.split(whereSeparator: \.isNewline).joined(separator: " ") } ?? ""
    }

    private static func watchdogInterval(_ variables: ServiceVariables) throws(DaemonError) -> Duration? {
        guard let text = variables["WATCHDOG_USEC"] else { return nil }
        // Without WATCHDOG_PID any process is meant.
        if variables["WATCHDOG_PID"] != nil {
            guard try variables.isForThisProcess("WATCHDOG_PID") else { return nil }
        }
        guard let interval = Int64(text), interval > 0 else {
            throw .badVariable(name: "WATCHDOG_USEC", value: text, expected: "a number of microseconds")
        }
        return .microseconds(interval)
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
