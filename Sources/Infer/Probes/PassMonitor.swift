import Synchronization

/// Watches methods that run the classifier many times for one map: tells how far they are, and stops them.
package final class PassMonitor: Sendable {
    /// Passes through the classifier for the map that is being made.
    package struct Count: Sendable, Equatable {
        package let method: String
        package let done: Int
        package let total: Int
    }

    private struct State {
        var isCancelled = false
        var running: [BatchRequest] = []
    }

    private let state = Mutex(State())
    private let report: @Sendable (Count) -> Void

    /// - Parameter report: called after each batch, on the thread that makes the maps.
    package init(report: @escaping @Sendable (Count) -> Void = { _ in }) { self.report = report }

    /// Stops the passes that run and all later ones: maps that need them fail with `InferError.cancelled`. May be called
    /// from any thread.
    package func cancel() {
        state.withLock { state in
            state.isCancelled = true
            for request in state.running { request.cancel() }
        }
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Notes requests that may be under way from now on.
    func begin(_ requests: [BatchRequest]) { state.withLock { $0.running = requests } }

    func end() { state.withLock { $0.running = [] } }

    func report(_ method: String, done: Int, of total: Int) {
        report(Count(method: method, done: done, total: total))
    }
}
