import Pipeline

/// The passing of time as the server sees it. Tests hand over their own, so that none of them waits.
package struct Timekeeper: Sendable {
    /// Time since some fixed moment; never set back.
    package var now: @Sendable () -> Duration
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Seconds since 1970.
    package var wall: @Sendable () -> Int

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        wall: @escaping @Sendable () -> Int = { Int(LinuxClock().wallTime / 1_000_000) }
    ) {
        self.wall = wall
        self.now = now
        self.sleep = sleep
    }

    package static let system: Timekeeper = {
        let start = ContinuousClock.now
        return Timekeeper(now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) })
    }()
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
    var inMilliseconds: Double { inSeconds * 1000 }
}
