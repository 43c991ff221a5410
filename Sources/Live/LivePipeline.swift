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
    let outlets: LiveOutlets
    let signal: SignalWatch
    let interrupt: Interrupt
    let log: Logger
    /// Which frames the classifier sees.
    var pace = InferencePace(every: 1, rate: nil)

    /// Frames that may wait for the overlay: one that is being drawn, and the newest.
    private static let queueLength = 2

    /// - Returns: when the input ends or the interrupt is raised, and all that was captured is written.
    func run() async throws {
        let seen = Channel<Arrived>(capacity: 1, whenFull: .dropOldest)
        let pictures = Channel<LiveItem>(capacity: Self.queueLength, whenFull: .dropOldest)
        let latest = LatestMaps()
        let overlay = try LiveOverlay(source.format, settings, sessions.current.facts)
        if let note = overlay.note { log.info("\(note)") }
        let threads = try ["capture", "infer", "overlay"].map { try StageThread($0) }
        let recordThread = try outlets.hasRecording ? StageThread("record") : nil
        LiveMetrics.addQueue(outlets.hub.registry, "infer") { seen.count }
        LiveMetrics.addQueue(outlets.hub.registry, "overlay") { pictures.count }
        signal.connect { lines in
            offer(.slate(lines), to: pictures)
        } onReturn: {
            latest.forget()
        }
        defer { signal.disconnect() }
        sessions.start()
        defer { sessions.close() }
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
                try await infer(seen, latest)
            }
            group.addTask(executorPreference: threads[2]) {
                defer { outlets.finish() }
                try await draw(pictures, latest, overlay)
            }
            if let recordThread { group.addTask(executorPreference: recordThread) { await outlets.record() } }
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
            outlets.noteCapture(frame, source)
            for warning in source.takeWarnings() { log.warning("\(warning)") }
            if let step = steps.note(frame.captured) { log.notice("\(step)") }
            // Between two frames is where another session takes over.
            let session = sessions.current
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
            let input = try isExplained || outlets.wantMaps ? session.tracker?.note(frame) : nil
            if isExplained,
                case .displacing = seen.offer(
                    Arrived(frame: try frame.reference(), at: arrival, session: session, input: input))
            {
                outlets.hub.metrics.skipped.add()
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
        case .displacing(let oldest): if oldest.isPicture { outlets.hub.ledger.drop(FrameLedger.Reason.overlay) }
        case .closed:
            if isPicture { outlets.hub.ledger.drop(FrameLedger.Reason.end) }
            return false
        }
        return true
    }

    private func infer(_ seen: Channel<Arrived>, _ latest: LatestMaps) async throws {
        var generation = latest.generation
        // Of the session that goes on, and of those before it.
        var (switches, switchesBefore) = (0, 0)
        var number: Int?
        while let arrived = await seen.receive() {
            let (facts, explainer) = (arrived.session.facts, arrived.session.explainer)
            if facts.number != number {
                (number, switches, switchesBefore) = (facts.number, 0, switchesBefore + switches)
            }
            if latest.generation != generation {
                generation = latest.generation
                explainer.forget()
            }
            let maps = settings.maps(of: facts)
            if maps != explainer.settings { explainer.settings = maps }
            let (start, arrival, input) = (ContinuousClock.now, arrived.at, arrived.input)
            let inferences = explainer.inferences
            let next: Explained?
            do throws(InferError) {
                try explainer.submit(arrived.frame, input)
                next = try explainer.next()
            } catch {
                if case .cancelled = error {
                    // Of a session that has been replaced: the next one's frames follow.
                    if sessions.isClosed { return } else { continue }
                }
                guard sessions.giveUp(facts, error) else { throw error }
                continue
            }
            outlets.hub.metrics.inferences.add(explainer.inferences - inferences)
            guard let explained = next else { continue }
            for warning in explainer.takeWarnings() { log.warning("\(warning)") }
            outlets.hub.metrics.infer.observe((.now - start) / .seconds(1))
            let known = explained.labelSwitches ?? switches
            outlets.hub.metrics.labelSwitches.add(known - switches)
            switches = known
            latest.post(
                LatestMaps.Entry(
                    frame: explained.frame.index, session: facts, seconds: explained.frame.seconds, top: explained.top,
                    maps: explained.maps, mark: input?.mark, printed: explained.printed,
                    isRecognised: explained.isRecognised,
                    labelSwitches: explained.labelSwitches.map { $0 + switchesBefore }),
                arrival: arrival, generation: generation)
        }
    }

    private func draw(
        _ pictures: Channel<LiveItem>, _ latest: LatestMaps, _ overlay: LiveOverlay
    ) async throws {
        // Of the trail of one session.
        var (follower, number): (MapFollower?, Int?) = (nil, nil)
        while let item = await pictures.receive() {
            switch consume item {
            case .picture(let arrived):
                let session = arrived.session.facts
                if session.number != number {
                    (follower, number) = (arrived.session.tracker?.makeFollower(), session.number)
                }
                let entry = latest.entry(
                    forFrame: arrived.frame.index, session, arrival: arrived.isExplained ? arrived.at : nil)
                let (isDrawn, wantMaps) = (outlets.wantPictures, outlets.wantMaps)
                var maps = entry?.maps ?? []
                // Marks of another session are of another trail.
                if wantMaps, entry?.session.number == number, let first = entry?.mark, let last = arrived.mark,
                    follower != nil
                {
                    maps = follower!.follow(maps, from: first, to: last)
                }
                let explained = Explained(arrived.frame, entry, maps)
                let (mapAge, start) = (explained.mapAge, ContinuousClock.now)
                outlets.describe(explained, entry?.method ?? session.methods[0].name)
                guard isDrawn else {
                    try overlay.pass(explained.frame, session)
                    outlets.pass(explained.frame, overlay.format, entry, mapAge: mapAge)
                    continue
                }
                let painted = try overlay.paint(explained, session)
                outlets.hub.metrics.overlay.observe((.now - start) / .seconds(1))
                try outlets.deliver(painted, overlay.format, entry, mapAge: mapAge)
            case .slate(let lines):
                try outlets.deliverSlate(try overlay.drawSlate(lines), overlay.format)
            }
        }
    }
}

extension Explained {
    /// A frame with the maps that there are: its own, those of an earlier frame, or none.
    fileprivate init(_ frame: consuming Frame, _ entry: LatestMaps.Entry?, _ maps: [ClassMap]) {
        let age = entry.map { $0.frame == frame.index ? 0 : max(frame.seconds - $0.seconds, 0) } ?? 0
        self.init(
            frame: frame, top: entry?.top ?? [], maps: maps, mapAge: age, printed: entry?.printed ?? [:],
            isRecognised: entry?.isRecognised ?? true, labelSwitches: entry?.labelSwitches)
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
