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
    let explainer: any FrameExplainer
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
        let overlay = try LiveOverlay(source.format, settings)
        if let note = overlay.note { log.info("\(note)") }
        let tracker = explainer.makeTracker()
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
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: threads[0]) {
                defer {
                    seen.finish()
                    pictures.finish()
                    // Nobody waits for a map that is still in the making.
                    explainer.cancel()
                }
                try capture(seen, pictures, latest, tracker)
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
                try await draw(pictures, latest, overlay, tracker?.makeFollower())
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
        _ seen: Channel<Arrived>, _ pictures: Channel<LiveItem>, _ latest: LatestMaps, _ tracker: InputTracker?
    ) throws {
        var (generation, pace) = (latest.generation, pace)
        var steps = ClockSteps()
        while let frame = try source.next() {
            let arrival = ContinuousClock.now
            outlets.noteCapture(frame, source)
            for warning in source.takeWarnings() { log.warning("\(warning)") }
            if let step = steps.note(frame.captured) { log.notice("\(step)") }
            if latest.generation != generation {
                generation = latest.generation
                pace.forget()
                tracker?.forget()
            }
            let isExplained = pace.takes(frame.seconds)
            let input = try isExplained || outlets.wantMaps ? tracker?.note(frame) : nil
            if isExplained,
                case .displacing = seen.offer(Arrived(frame: try frame.reference(), at: arrival, input: input))
            {
                outlets.hub.metrics.skipped.add()
            }
            let arrived = Arrived(frame: frame, at: arrival, isExplained: isExplained, mark: input?.mark)
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
        var switches = 0
        while let arrived = await seen.receive() {
            if latest.generation != generation {
                generation = latest.generation
                explainer.forget()
            }
            let maps = settings.values.maps
            if maps != explainer.settings { explainer.settings = maps }
            let (start, arrival, input) = (ContinuousClock.now, arrived.at, arrived.input)
            try explainer.submit(arrived.frame, input)
            let next: Explained?
            do throws(InferError) {
                next = try explainer.next()
            } catch {
                if case .cancelled = error { return }
                throw error
            }
            guard let explained = next else { continue }
            for warning in explainer.takeWarnings() { log.warning("\(warning)") }
            outlets.hub.metrics.infer.observe((.now - start) / .seconds(1))
            let known = explained.labelSwitches ?? switches
            outlets.hub.metrics.labelSwitches.add(known - switches)
            switches = known
            latest.post(
                LatestMaps.Entry(
                    frame: explained.frame.index, seconds: explained.frame.seconds, top: explained.top,
                    maps: explained.maps, mark: input?.mark, printed: explained.printed,
                    isRecognised: explained.isRecognised, labelSwitches: explained.labelSwitches),
                arrival: arrival, generation: generation)
        }
    }

    private func draw(
        _ pictures: Channel<LiveItem>, _ latest: LatestMaps, _ overlay: LiveOverlay, _ follower: MapFollower?
    ) async throws {
        var follower = follower
        while let item = await pictures.receive() {
            switch consume item {
            case .picture(let arrived):
                let entry = latest.entry(
                    forFrame: arrived.frame.index, arrival: arrived.isExplained ? arrived.at : nil)
                let (isDrawn, wantMaps) = (outlets.wantPictures, outlets.wantMaps)
                var maps = entry?.maps ?? []
                if wantMaps, let first = entry?.mark, let last = arrived.mark, follower != nil {
                    maps = follower!.follow(maps, from: first, to: last)
                }
                let explained = Explained(arrived.frame, entry, maps)
                let (mapAge, start) = (explained.mapAge, ContinuousClock.now)
                outlets.describe(explained)
                guard isDrawn else {
                    try overlay.pass(explained.frame)
                    outlets.pass(explained.frame, overlay.format, entry, mapAge: mapAge)
                    continue
                }
                let painted = try overlay.paint(explained)
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

/// What the live pipeline needs of an `Explainer`; tests put another in its place.
protocol FrameExplainer: AnyObject, Sendable {
    var settings: MapSettings { get set }
    /// - Parameter input: what the tracker made of the frame, if there is one.
    func submit(_ frame: consuming Frame, _ input: TrackedInput?) throws(InferError)
    func next() throws(InferError) -> Explained?
    func forget()
    /// What was wrong with maps since the last call.
    func takeWarnings() -> [String]
    /// nil: maps stay where they are until the next ones come.
    func makeTracker() -> InputTracker?
    /// Makes `next` end soon, by `InferError.cancelled`. Called from another thread.
    func cancel()
}

extension Explainer: FrameExplainer {}
