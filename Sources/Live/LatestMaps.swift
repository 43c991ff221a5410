import Detect
import Dispatch
import Pipeline
import Serve
import Synchronization
import Tracking

/// The newest maps, which the inference stage puts up and the overlay stage reads: each at its own pace.
final class LatestMaps: Sendable {
    /// What the classifier saw in one frame.
    struct Entry: Sendable {
        let frame: Int
        /// Which explained it.
        let session: LiveSession.Facts
        /// Presentation time of the frame, in seconds.
        let seconds: Double
        let top: [Prediction]
        let observations: [Observation]
        /// Of the frame; nil: pictures are not followed.
        var mark: PictureMark?
        /// As in `Explained`.
        var printed: [Int: Float] = [:]
        var isRecognised = true
        /// Number of the taught head that answered; nil: the model's own did.
        var taughtHead: Int?
        var labelSwitches: Int?
        /// As in `Explained`.
        var reading = ScoreReading.probability
        /// As in `Explained`, for the frame itself.
        var heat: Heatmap?
        var events: [ObjectEvent] = []
        /// How the heat of several things is drawn; nil: as it is in `heat`.
        var join: BoxHeat.Join?
        /// Seconds by which the maps are older than the frame: it was not looked at, as nothing had changed.
        var heldFor = 0.0

        /// What the sidecar calls the maps.
        var method: String { session.methods[0].name }

        /// Whether it may stand in for maps of a session that follows: where several methods are compared, each has its panel.
        fileprivate func suits(_ next: LiveSession.Facts) -> Bool {
            session.methods.count == 1 && next.methods.count == 1
        }

        /// What the maps are about; nil if that is nothing that the classifier knows.
        var drawnLabel: String? { isRecognised ? (observations.first?.called ?? top.first)?.label : nil }
    }

    private struct State {
        /// By frame; the last is the newest.
        var entries: [Entry] = []
        /// From a frame's arrival until its maps are there, smoothed; nil: not known yet.
        var turnaround: Duration?
        /// Number of the session that posted last.
        var session: Int?
        var generation = 0
        var isFinished = false
    }

    /// A picture waits for its own maps no longer than this: what a viewer does not notice.
    static let patience = Duration.milliseconds(25)
    /// Maps that are kept: a picture may be older than the newest one.
    private static let depth = 4

    private let state = Mutex(State())
    private let changes = DispatchSemaphore(value: 0)

    /// Rises with `forget`: what was seen before has nothing to do with what comes.
    var generation: Int { state.withLock { $0.generation } }

    /// - Parameter arrival: of the frame in the pipeline.
    func post(_ entry: Entry, arrival: ContinuousClock.Instant, generation: Int) {
        let turnaround = ContinuousClock.now - arrival
        state.withLock { state in
            guard state.generation == generation else { return }
            // Another method takes another time.
            if state.session != entry.session.number { state.turnaround = nil }
            state.session = entry.session.number
            if state.entries.count == Self.depth { state.entries.removeFirst() }
            state.entries.append(entry)
            state.turnaround = state.turnaround.map { $0 * 7 / 8 + turnaround / 8 } ?? turnaround
        }
        changes.signal()
    }

    /// The maps to draw on a frame: its own if they come soon enough, else the newest of those before it; never those
    /// of a later frame. Until its session has any, those of the session before.
    ///
    /// - Parameters:
    ///   - session: the frame's.
    ///   - arrival: of the frame in the pipeline; nil: it gets no maps of its own.
    /// - Returns: nil if there are none yet.
    func entry(forFrame frame: Int, _ session: LiveSession.Facts, arrival: ContinuousClock.Instant?) -> Entry? {
        let deadline = state.withLock { state in arrival.map { $0 + Self.wait(state.turnaround) } ?? .now }
        while true {
            let (newest, isComplete) = state.withLock { state in
                let own = state.entries.filter { $0.session.number == session.number }
                // Of the sessions before, only the last one may stand in.
                let before = state.entries.last { $0.frame <= frame && $0.session.number < session.number }
                let earlier = own.last { $0.frame <= frame } ?? before.flatMap { $0.suits(session) ? $0 : nil }
                return (earlier, state.isFinished || own.last.map { $0.frame >= frame } ?? false)
            }
            if isComplete { return newest }
            let left = deadline - .now
            guard left > .zero else { return newest }
            _ = changes.wait(timeout: .now() + .nanoseconds(Int(left / .nanoseconds(1))))
        }
    }

    /// Takes all down: after a gap, old maps are not of this scene.
    func forget() {
        state.withLock { state in
            state.entries = []
            state.generation += 1
        }
    }

    /// No maps will come any more.
    func finish() {
        state.withLock { $0.isFinished = true }
        changes.signal()
    }

    /// How long it makes sense to wait: not at all where inference takes longer than we would.
    private static func wait(_ turnaround: Duration?) -> Duration {
        guard let turnaround else { return patience }
        return turnaround > patience ? .zero : min(turnaround * 3 / 2 + .milliseconds(3), patience)
    }
}

extension LatestMaps.Entry {
    /// What clients are told: the classes with the probabilities that are printed, or the things that were found.
    var scores: [ClassScore] {
        guard reading == .objects else {
            return top.printed(printed).map {
                ClassScore(id: $0.classID, label: $0.label, probability: Double($0.probability))
            }
        }
        return observations.map { seen in
            ClassScore(
                id: seen.called.classID, label: seen.called.label, probability: Double(seen.called.probability),
                track: seen.track, box: seen.box.map { [$0.x0, $0.y0, $0.x1, $0.y1] },
                found: seen.isRecognised ? seen.found?.label : nil)
        }
    }
}
