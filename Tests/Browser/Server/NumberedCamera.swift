import Pipeline
import Serve

/// One camera with numbered pictures.
struct NumberedCamera: Sendable {
    let program: NumberedProgram
    let feed: LiveFeed
    let events: EventHub
    private let metrics: Metrics
    private let drawn: Counter

    /// - Parameter metrics: of the process.
    init(_ program: NumberedProgram, watchers: ClientLimit, listeners: ClientLimit, metrics: Metrics) {
        self.program = program
        self.metrics = program.name.isEmpty ? metrics : metrics.labelled([("camera", program.name)])
        feed = LiveFeed(limit: watchers, metrics: self.metrics)
        let events = EventHub(limit: listeners, metrics: self.metrics)
        self.events = events
        program.onRecording = { events.publish(.recording($0)) }
        program.onTeaching = { events.publish(.teach($0)) }
        drawn = self.metrics.counter("numbered_drawn_total", "Pictures that were drawn.")
    }

    var served: ServedCamera {
        ServedCamera(
            name: program.name, feed: feed, events: events, program: program.served, teaching: program.teaching)
    }

    /// It is no longer there; a camera without a name is to the end.
    func remove() {
        program.end()
        metrics.remove()
    }

    /// Pictures at their times, in a grid of time that starts now, until it is removed or the task is cancelled. They are drawn where
    /// somebody looks.
    func publish() async throws {
        let painter = try NumberedPainter(width: program.width, height: program.height)
        let start = ContinuousClock.now
        var sequence = 0
        var wasPresent = true
        while !program.isOver {
            let isPresent = program.isPresent
            if isPresent || wasPresent {
                let wall = Duration.microseconds(CaptureTime.now.wall)
                let facts = PictureFacts(
                    sequence: sequence, capturedAt: wall, latency: .zero, label: program.label, isSlate: !isPresent)
                if !isPresent || feed.isWatched {
                    try feed.publish(isPresent ? painter.picture(sequence) : painter.slate(sequence), facts)
                    drawn.add()
                } else {
                    feed.pass(facts)
                }
                if isPresent { events.publish(.frame(program.event(sequence))) }
                sequence += 1
            }
            wasPresent = isPresent
            let next = Int((ContinuousClock.now - start) / .seconds(1 / program.fps)) + 1
            do {
                try await Task.sleep(until: start + .seconds(Double(next) / program.fps), clock: .continuous)
            } catch { return }
        }
    }
}
