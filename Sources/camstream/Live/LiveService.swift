import Daemon
import Live
import Logging
import Synchronization

/// A live run as a service: what its service manager is told, and when.
final class LiveService: Sendable {
    private struct State {
        var isListening = false
        var hasPicture = false
        var isReady = false
        /// How things are, for people.
        var line: (@Sendable () -> String)?
    }

    /// How often `systemctl status` and a waiting start learn something new.
    private static let pause = Duration.seconds(5)
    /// How long a start may go on without a picture, from each time that the input was looked for.
    private static let patience = Duration.seconds(30)

    /// What systemd listens on for us; nil: nothing.
    let socket: CInt?
    /// Reads the settings again.
    let settings: @Sendable () throws -> Config
    private let manager: ServiceManager
    private let log: Logger
    private let state = Mutex(State())

    init(_ manager: ServiceManager, socket: CInt?, log: Logger, settings: @escaping @Sendable () throws -> Config) {
        self.manager = manager
        self.log = log
        self.socket = socket
        self.settings = settings
    }

    func noteListening() { update { $0.isListening = true } }

    func notePicture() { update { $0.hasPicture = true } }

    func noteStop() { manager.stopping(status: "finishing the recording") }

    /// - Parameter work: reads the settings again.
    func reload(_ work: () -> Void) {
        // Before the start is done there is nothing to be ready again.
        guard state.withLock({ $0.isReady }) else { return work() }
        manager.reloading()
        work()
        manager.ready()
    }

    /// Tells how things are until the task is cancelled, and that frames make progress.
    func run(_ cameras: CameraSet) async {
        state.withLock { $0.line = { cameras.line } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    if !self.state.withLock({ $0.isReady }) { self.manager.extendTimeout(by: Self.patience) }
                    self.manager.status(cameras.line)
                    try? await Task.sleep(for: Self.pause)
                }
            }
            group.addTask {
                // Pictures and, while the input is away, slates have gone all the way through the pipeline.
                await Watchdog(
                    self.manager, progress: { cameras.picturesShown },
                    onStall: { time in
                        self.log.error(
                            "no frame came through for \(time.inSeconds) s: the service manager gets no sign of life"
                        )
                    }
                ).run()
            }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let isReadyNow = state.withLock { state in
            change(&state)
            guard state.isListening, state.hasPicture, !state.isReady else { return false }
            state.isReady = true
            return true
        }
        if isReadyNow { manager.ready(status: state.withLock { $0.line }?()) }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { (self / .milliseconds(100)).rounded() / 10 }
}
