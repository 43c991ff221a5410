/// Tells the service manager that the program works, as long as it gets something done.
///
/// A process that is alive and does nothing is what a watchdog is for, so there is no ping without progress.
package struct Watchdog: Sendable {
    private let manager: ServiceManager
    private let progress: @Sendable () -> Int
    private let onStall: @Sendable (Duration) -> Void
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameter progress: a number that changes whenever something gets done, at least once within half of
    ///   `manager.watchdogInterval` if all is well. What counts is the caller's: results that left the last stage, and
    ///   the rounds of a capture loop that rightly waits for a camera, but never what only shows that a thread lives.
    /// - Parameter onStall: called when a ping is left out for the first time, with the time for which there was no
    ///   progress; the program is ended by its service manager soon.
    /// - Parameter sleep: by default on the clock that systemd uses, which stands still while the machine sleeps.
    package init(
        _ manager: ServiceManager, progress: @escaping @Sendable () -> Int,
        onStall: @escaping @Sendable (Duration) -> Void = { _ in },
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0, clock: .suspending)
        }
    ) {
        self.manager = manager
        self.progress = progress
        self.onStall = onStall
        self.sleep = sleep
    }

    /// Pings twice an interval while there is progress, until the task is cancelled. Begin it when the program is ready:
    /// systemd's own time begins then. Returns at once where nobody waits for pings.
    package func run() async {
        guard let interval = manager.watchdogInterval else { return }
        var last = progress()
        var isStalled = false
        while true {
            do { try await sleep(interval / 2) } catch { return }
            let now = progress()
            if now != last {
                manager.watchdogPing()
                isStalled = false
            } else if !isStalled {
                isStalled = true
                onStall(interval / 2)
            }
            last = now
        }
    }
}
