import Capture
import Events
import Logging
import Pipeline
import Serve
import Synchronization

/// Follows the losses and returns of the input: tells the log, the viewers and the metrics, and while there are no
/// pictures has a slate shown every second.
final class SignalWatch: Sendable {
    private struct State {
        var ticker: Task<Void, Never>?
        var show: (@Sendable ([String]) -> Void)?
        var onReturn: (@Sendable () -> Void)?
    }

    /// How often the slate is shown: recordings and viewers see that time goes on.
    private static let pause = Duration.seconds(1)
    private let hub: LiveHub
    private let log: Logger
    private let state = Mutex(State())

    init(_ hub: LiveHub, _ log: Logger) {
        self.hub = hub
        self.log = log
    }

    /// - Parameters:
    ///   - show: shows a slate with these lines.
    ///   - onReturn: called before the first new picture.
    func connect(show: @escaping @Sendable ([String]) -> Void, onReturn: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.show = show
            state.onReturn = onReturn
        }
    }

    /// Called by the source, on its thread.
    func note(_ change: SignalChange) {
        log.log(level: change.isLoss ? .warning : .notice, "\(change)")
        switch change {
        case .lost(let since, let cause):
            if !hub.program.isRunning { hub.program.pause("no signal since \(since.clockTime): \(cause)") }
            hub.metrics.losses.add()
            hub.status.setSignal(isPresent: false, since: Double(since.wall) / 1e6)
            hub.events.publish(.lost(since: Double(since.wall) / 1e6))
            hub.teller.lose(at: Double(since.wall) / 1e6)
            startTicker(["no signal since \(since.clockTime)"])
        case .found:
            if !hub.program.isRunning { hub.program.pause(LiveProgram.starting) }
            stopTicker()
            hub.metrics.returns.add()
            hub.status.setSignal(isPresent: true)
            hub.events.publish(.found)
            hub.teller.find(at: Double(CaptureTime.now.wall) / 1e6)
            state.withLock { $0.onReturn }?()
        }
    }

    /// Nothing can be shown any more.
    func disconnect() {
        state.withLock { state in
            state.show = nil
            state.onReturn = nil
        }
        stopTicker()
    }

    private func startTicker(_ lines: [String]) {
        stopTicker()
        let ticker = Task {
            while !Task.isCancelled {
                self.state.withLock { $0.show }?(lines)
                try? await Task.sleep(for: Self.pause)
            }
        }
        state.withLock { $0.ticker = ticker }
    }

    private func stopTicker() {
        let ticker = state.withLock { state in
            defer { state.ticker = nil }
            return state.ticker
        }
        ticker?.cancel()
    }
}
