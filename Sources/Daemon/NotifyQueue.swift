import Dispatch
import Synchronization

/// What the service manager is to be told, in order. Nobody waits for it: while it reads nothing, a thread of its own does.
final class NotifyQueue: Sendable {
    private struct State {
        var waiting: [String] = []
        /// Whether the thread has something to do.
        var isBusy = false
    }

    /// Messages that wait; of those that are no news any more, the last one only.
    static let capacity = 64
    private let socket: NotifySocket
    private let onFailure: @Sendable (DaemonError) -> Void
    private let state = Mutex(State())
    private let worker = DispatchQueue(label: "notify")

    init(_ socket: NotifySocket, onFailure: @escaping @Sendable (DaemonError) -> Void) {
        self.socket = socket
        self.onFailure = onFailure
    }

    func send(_ message: String) {
        do {
            let mustWait = try state.withLock { state in
                if !state.isBusy, try socket.send(message, waits: false) { return false }
                Self.add(message, to: &state.waiting)
                defer { state.isBusy = true }
                return !state.isBusy
            }
            if mustWait { worker.async { self.sendAll() } }
        } catch {
            report(error)
        }
    }

    private func sendAll() {
        while let message = next() {
            do throws(DaemonError) {
                _ = try socket.send(message, waits: true)
            } catch {
                onFailure(error)
            }
        }
    }

    private func next() -> String? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isBusy = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    private func report(_ error: any Error) {
        if let error = error as? DaemonError { onFailure(error) }
    }

    /// States, signs of life and requests for time replace earlier ones of their kind.
    private static func add(_ message: String, to waiting: inout [String]) {
        let kind = ["STATUS=", "WATCHDOG=", "EXTEND_TIMEOUT_USEC="].first { message.hasPrefix($0) }
        if let kind { waiting.removeAll { $0.hasPrefix(kind) } }
        waiting.append(message)
        if waiting.count > capacity { waiting.removeFirst() }
    }
}
