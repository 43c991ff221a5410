import Encode
package import Logging
package import Pipeline
package import Serve
import Synchronization

/// The file of events, written on a thread of its own: a disk that hangs holds up no picture. What it is too slow for is left out
/// and counted; after a failure it is tried again with the next event.
package final class EventLog: EventOutlet {
    /// Some minutes of lively events.
    static let queueLength = 1024

    private let waiting: WorkQueue<String>

    /// - Parameter path: of the file; it is opened, and made where it is not there.
    /// - Throws: `EventsError`, `LackOfResources`.
    package init(path: String, _ config: EventsConfig, metrics: Metrics, _ log: Logger) throws {
        let file = try EventFile(path: path, limit: config.fileBytes.bytes, oldFiles: config.oldFiles)
        let lost = metrics.counter(
            "camstream_events_file_dropped_total",
            "Events that the file lacks, because its disk was too slow or failed.")
        let lines = Lines(file, lost, log)
        waiting = try WorkQueue("events", capacity: Self.queueLength) { line in
            lines.write(line)
        } onLoss: { _, _ in
            lost.add()
        }
    }

    package func take(_ event: CameraEvent, of camera: String) { waiting.offer(event.json) }

    package func finish(within limit: Duration) {
        waiting.close()
        waiting.drain(within: limit)
    }

    private final class Lines: Sendable {
        private struct State: ~Copyable {
            let file: EventFile
            var hasFailed = false
        }
        private let state: Mutex<State>
        private let lost: Counter
        private let log: Logger

        init(_ file: sending EventFile, _ lost: Counter, _ log: Logger) {
            state = Mutex(State(file: file))
            (self.lost, self.log) = (lost, log)
        }

        func write(_ line: String) {
            state.withLock { state in
                do throws(EventsError) {
                    try state.file.append(line)
                    if state.hasFailed { log.notice("events are written again") }
                    state.hasFailed = false
                } catch {
                    lost.add()
                    if !state.hasFailed { log.error("\(error)") }
                    state.hasFailed = true
                }
            }
        }
    }
}
