import Logging
import Pipeline
import Synchronization

/// Runs the feeds of cameras, each on a thread of its own.
final class FeedRunner: Sendable {
    private let threads: Mutex<[ObjectIdentifier: StageThread]>
    private let time: Timekeeper
    private let logger: Logger

    /// How long to wait until a thread is tried again.
    private static let pause = Duration.seconds(5)

    /// - Parameter cameras: those that are there at the start, which are served at once or not at all.
    init(_ cameras: [ServedCamera], _ time: Timekeeper, _ logger: Logger) throws(LackOfResources) {
        var threads: [ObjectIdentifier: StageThread] = [:]
        for camera in cameras { threads[ObjectIdentifier(camera.feed)] = try LiveFeed.thread() }
        self.threads = Mutex(threads)
        self.time = time
        self.logger = logger
    }

    /// Runs a camera's feed until it is finished, or until the task is cancelled.
    @Sendable func run(_ camera: ServedCamera) async {
        let made = threads.withLock { $0.removeValue(forKey: ObjectIdentifier(camera.feed)) }
        if let made { return await camera.feed.run(on: made) }
        if let thread = await thread(for: camera) { await camera.feed.run(on: thread) }
    }

    /// Where there is no room for a camera's thread, it is tried again until there is, or the camera is gone.
    private func thread(for camera: ServedCamera) async -> StageThread? {
        var isTold = false
        while !camera.feed.isFinished {
            do { return try LiveFeed.thread() } catch {
                if !isTold { logger.error("the pictures of camera \(camera.name) are not shown yet: \(error)") }
                isTold = true
            }
            do { try await time.sleep(Self.pause) } catch { return nil }
        }
        return nil
    }
}
