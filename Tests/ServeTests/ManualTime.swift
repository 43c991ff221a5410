import Serve
import Synchronization

/// A clock that moves only when a test says so.
final class ManualTime: Sendable {
    private struct Sleeper {
        let id: Int
        let deadline: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now = Duration.zero
        /// Of the wall clock when this one began.
        var began = 1_700_000_000
        var lastID = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var timekeeper: Timekeeper {
        Timekeeper(
            now: { self.state.withLock { $0.now } }, sleep: { try await self.sleep($0) },
            wall: { self.wall })
    }

    /// Seconds since 1970.
    var wall: Int { state.withLock { $0.began + Int($0.now.components.seconds) } }

    func setWall(to seconds: Int) {
        state.withLock { $0.began = seconds - Int($0.now.components.seconds) }
    }

    /// How many tasks sleep.
    var sleeping: Int { state.withLock { $0.sleepers.count } }

    /// Waits until so many tasks sleep.
    func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Moves the clock and wakes whose time has come.
    func advance(by step: Duration) {
        let due = state.withLock { state in
            state.now += step
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume(returning: true) }
    }

    private func sleep(_ pause: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let hasSlept = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isCancelled, ready) = state.withLock { state in
                    if state.cancelled.contains(id) { return (true, [CheckedContinuation<Void, Never>]()) }
                    state.sleepers.append(
                        Sleeper(id: id, deadline: state.now + pause, continuation: continuation))
                    let count = state.sleepers.count
                    let ready = state.waiting.filter { $0.count <= count }.map(\.continuation)
                    state.waiting.removeAll { $0.count <= count }
                    return (false, ready)
                }
                if isCancelled { continuation.resume(returning: false) }
                for waiting in ready { waiting.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(id)
                let sleeper = state.sleepers.first { $0.id == id }
                state.sleepers.removeAll { $0.id == id }
                return sleeper
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !hasSlept { throw CancellationError() }
    }
}
