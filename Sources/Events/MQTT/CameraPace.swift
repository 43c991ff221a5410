import Pipeline

/// How often a camera's state, events and snapshots go out. Times are the pictures' own, in seconds.
struct CameraPace: Sendable {
    private let config: MQTTConfig
    /// When the last state went out; nil: one is to go out at once.
    private var stateAt: Double?
    /// Events that may go out now: they come back with the time.
    private var credit: Double
    private var creditAt: Double?
    private var snapshotAt: Double?
    private var isMakingSnapshot = false

    init(_ config: MQTTConfig) {
        self.config = config
        credit = max(config.eventsPerSecond, 1)
    }

    /// - Parameter isLost: no picture comes, which is told at once.
    mutating func takesState(at time: Double, isLost: Bool) -> Bool {
        // A clock that was set back holds nothing up.
        if let stateAt, !isLost, (0..<config.stateEvery).contains(time - stateAt) { return false }
        stateAt = isLost ? nil : time
        return true
    }

    mutating func takesEvent(at time: Double) -> Bool {
        stateAt = nil
        let passed = max(time - (creditAt ?? time), 0)
        creditAt = time
        credit = min(credit + passed * config.eventsPerSecond, max(config.eventsPerSecond, 1))
        guard credit >= 1 else { return false }
        credit -= 1
        return true
    }

    /// Of what can be seen: there is no picture of a lost signal.
    mutating func takesSnapshot(of event: CameraEvent) -> Bool {
        guard config.snapshots, event.event != .signalLost, !isMakingSnapshot else { return false }
        if let snapshotAt, (0..<config.snapshotEvery).contains(event.time - snapshotAt) { return false }
        (snapshotAt, isMakingSnapshot) = (event.time, true)
        return true
    }

    mutating func noteSnapshot() { isMakingSnapshot = false }
}
