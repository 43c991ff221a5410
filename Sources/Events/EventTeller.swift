package import Pipeline
package import Serve
import Synchronization

/// Tells what happens before one camera to all who follow: viewers, the outlets, and the metrics.
package final class EventTeller: Sendable {
    private struct State {
        var watch: EventWatch
        var counts: [CameraEvent.Kind: Int] = [:]
        /// Nil: nothing can be recorded.
        var recording: Bool?
    }

    private let camera: CameraAccess
    private let outlets: [any EventOutlet]
    private let tell: @Sendable (CameraEvent) -> Void
    private let state: Mutex<State>

    /// - Parameter tell: hands an event to viewers. Must not wait.
    package init(
        _ camera: CameraAccess, _ config: EventsConfig, _ outlets: [any EventOutlet], metrics: Metrics,
        tell: @escaping @Sendable (CameraEvent) -> Void
    ) {
        (self.camera, self.outlets, self.tell) = (camera, outlets, tell)
        state = Mutex(State(watch: EventWatch(camera: camera.name, config)))
        metrics.group([.init("camstream_events_total", "What happened, as /api/events reports it.")]) { [weak self] in
            let counts = self?.state.withLock { $0.counts } ?? [:]
            return CameraEvent.Kind.allCases.map { kind in
                .init("camstream_events_total", labels: [("event", kind.rawValue)], Double(counts[kind] ?? 0))
            }
        }
        for outlet in outlets { outlet.add(camera) }
        guard !config.classes.isEmpty else { return }
        metrics.group([.init("camstream_class_seconds_total", "For how long each of the chosen classes was seen.")]) {
            [weak self] in
            let seconds = self?.state.withLock { $0.watch.seconds } ?? [:]
            return config.classes.map {
                .init("camstream_class_seconds_total", labels: [("class", $0)], seconds[$0] ?? 0)
            }
        }
    }

    /// A picture was explained.
    package func note(_ seen: Sighting) { tell(seen, at: seen.time) { $0.note(seen) } }

    /// No picture comes any more.
    package func lose(at time: Double) { tell(nil, at: time) { $0.lose(at: time) } }

    /// Pictures come again.
    package func find(at time: Double) { tell(nil, at: time) { $0.find(at: time) } }

    package func note(isRecording: Bool) { state.withLock { $0.recording = isRecording } }

    /// The camera is taken out.
    package func leave() { for outlet in outlets { outlet.remove(camera) } }

    /// All under one lock, so that outlets get what happens in its order.
    private func tell(_ seen: Sighting?, at time: Double, _ find: (inout EventWatch) -> [CameraEvent]) {
        state.withLock { state in
            for event in find(&state.watch) {
                state.counts[event.event, default: 0] += 1
                tell(event)
                for outlet in outlets { outlet.take(event, of: camera.name) }
            }
            for outlet in outlets {
                outlet.follow(seen, at: time, of: camera.name) {
                    var standing = state.watch.standing
                    standing.recording = state.recording
                    return standing
                }
            }
        }
    }
}
