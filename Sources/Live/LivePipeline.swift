import Capture
import Encode
import Infer
import Logging
import Pipeline
import Serve
import Tracking

/// The live stages: the newest frame wins. Capture never waits; inference, overlay and recording each go at their own
/// pace, and what one of them is too slow for is dropped and counted.
struct LivePipeline {
    let source: any FrameSource
    let sessions: SessionSwitch
    let settings: LiveSettings
    let delivery: LiveDelivery
    let signal: SignalWatch
    let interrupt: Interrupt
    let log: Logger
    /// Which frames the classifier sees.
    var pace = InferencePace(every: 1, rate: nil)

    /// Frames that may wait for the overlay: one that is being drawn, and the newest.
    private static let queueLength = 2

    /// Wants a thread of its own: it blocks at its end.
    ///
    /// - Returns: when the input ends or the interrupt is raised, and all that was captured is written.
    func run() async throws {
        let seen = Channel<Arrived>(capacity: 1, whenFull: .dropOldest)
        let pictures = Channel<LiveItem>(capacity: Self.queueLength, whenFull: .dropOldest)
        let latest = LatestMaps()
        let overlay = try LiveOverlay(source.format, settings, sessions.current.facts)
        if let note = overlay.note { log.info("\(note)") }
        let threads = try ["capture", "infer", "overlay"].map { try StageThread($0) }
        LiveMetrics.addQueue(delivery.hub.registry, "infer", seen) { $0.count }
        LiveMetrics.addQueue(delivery.hub.registry, "overlay", pictures) { $0.count }
        signal.connect { lines in
            offer(.slate(lines), to: pictures)
        } onReturn: {
            latest.forget()
        }
        defer { signal.disconnect() }
        sessions.start()
        defer {
            sessions.close()
            delivery.drain()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: threads[0]) {
                defer {
                    seen.finish()
                    pictures.finish()
                    // Nobody waits for a map that is still in the making.
                    sessions.close()
                }
                try capture(seen, pictures, latest)
            }
            group.addTask(executorPreference: threads[1]) {
                defer {
                    seen.cancel()
                    latest.finish()
                }
                var stage = LiveInference(sessions, settings, delivery.hub, latest, log)
                while let arrived = await seen.receive() {
                    guard try stage.take(arrived) else { break }
                }
            }
            group.addTask(executorPreference: threads[2]) {
                var stage = LiveDrawing(overlay, delivery, latest)
                while let item = await pictures.receive() { try stage.take(item) }
            }
            do {
                for try await _ in group {}  // one by one: the first error is thrown when it happens
            } catch {
                interrupt.raise()  // the source may be waiting for a silent input
                throw error
            }
        }
    }

    private func capture(
        _ seen: Channel<Arrived>, _ pictures: Channel<LiveItem>, _ latest: LatestMaps
    ) throws {
        var (generation, pace) = (latest.generation, pace)
        var steps = ClockSteps()
        var number: Int?
        while let frame = try source.next() {
            let arrival = ContinuousClock.now
            delivery.noteCapture(frame, source)
            for warning in source.takeWarnings() { log.warning("\(warning)") }
            if let step = steps.note(frame.captured) { log.notice("\(step)") }
            // Between two frames is where another session takes over.
            let session = sessions.sessionForFrame()
            if session.facts.number != number {
                number = session.facts.number
                pace.forget()
            }
            if latest.generation != generation {
                generation = latest.generation
                pace.forget()
                session.tracker?.forget()
            }
            let isExplained = pace.takes(frame.seconds)
            let input = try isExplained || !delivery.wish.isEmpty ? session.tracker?.note(frame) : nil
            if isExplained,
                case .displacing = seen.offer(
                    Arrived(frame: try frame.reference(), at: arrival, session: session, input: input))
            {
                delivery.hub.metrics.skipped.add()
            }
            let arrived = Arrived(
                frame: frame, at: arrival, session: session, isExplained: isExplained, mark: input?.mark)
            guard offer(.picture(arrived), to: pictures) else { return }
        }
    }

    /// Hands something to the overlay. Pictures that are lost by it are counted, also those that make room for a slate.
    ///
    /// - Returns: false if the pipeline is closed.
    @discardableResult
    func offer(_ item: consuming LiveItem, to pictures: Channel<LiveItem>) -> Bool {
        let isPicture = item.isPicture
        switch pictures.offer(item) {
        case .taken: break
        case .displacing(let oldest): if oldest.isPicture { delivery.hub.ledger.drop(FrameLedger.Reason.overlay) }
        case .closed:
            if isPicture { delivery.hub.ledger.drop(FrameLedger.Reason.end) }
            return false
        }
        return true
    }
}

/// A frame, and when it came into the pipeline.
struct Arrived: ~Copyable, Sendable {
    var frame: Frame
    let at: ContinuousClock.Instant
    /// Which explains it, and whose maps it gets.
    let session: LiveSession
    /// Whether the classifier is to see it.
    var isExplained = true
    /// nil: pictures are not followed.
    var mark: PictureMark?
    /// The same picture for the classifier; nil: it scales the frame by itself.
    var input: TrackedInput?
}

/// What the overlay stage is to show.
enum LiveItem: ~Copyable, Sendable {
    case picture(Arrived)
    case slate([String])

    var isPicture: Bool {
        switch self {
        case .picture: true
        case .slate: false
        }
    }
}
