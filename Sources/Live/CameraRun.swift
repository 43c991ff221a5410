package import Capture
import Encode
import Engine
package import Infer
package import Logging
import Overlay
import Pipeline
import Serve
import Synchronization
import Tracking

/// One camera: what comes from it is shown, recorded, or both, by one pipeline after the other, until its input ends or it
/// is told to stop.
package final class CameraRun: Sendable {
    /// How long its end may take.
    package struct EndLimits: Sendable {
        /// For its files; what takes longer is completed by the next start. Nil: as long as it takes.
        let finish: Duration?
        /// Of that, for the pictures that wait for the encoder.
        let drain: Duration?
        /// For the files of a camera that is taken out while others go on: those that come meanwhile wait so long for what
        /// it holds, and no later start may know of its files.
        let leave: Duration?

        package static let none = EndLimits(finish: nil, drain: nil, leave: nil)
        /// A service has two seconds for its end, whatever hangs.
        package static let service = EndLimits(
            finish: .milliseconds(1200), drain: .milliseconds(400), leave: .seconds(20))
    }

    /// Who is told what happens to the camera.
    package struct Listeners: Sendable {
        let opened: @Sendable () -> Void
        let delivered: LiveDelivery.OnPicture

        /// - Parameters:
        ///   - opened: a pipeline is open, or its opening was interrupted.
        ///   - delivered: a picture went out: how many did until now, and what is seen in it.
        package init(
            opened: @escaping @Sendable () -> Void = {},
            delivered: @escaping @Sendable (_ pictures: Int, _ label: String?) -> Void = { _, _ in }
        ) {
            self.opened = opened
            self.delivered = delivered
        }
    }

    /// What viewers see of it.
    package let hub: LiveHub
    private let models: SharedModels
    /// Models that viewers may name.
    private let namedModels: @Sendable () -> [NamedModel]
    /// Opens what viewers choose; nil before the first pipeline.
    private let opener = Mutex<SessionOpener?>(nil)
    private let limits: EndLimits
    private let listeners: Listeners
    private let log: Logger
    private let signal: SignalWatch
    private let reloading: Reload
    /// What is written goes on from one pipeline to the next, if its own settings are the same.
    private let outputs = Mutex<LiveOutputs?>(nil)
    /// An input that is open before the first pipeline.
    private let opened: Mutex<(any FrameSource)?>
    private let waiting: WaitingSlate
    private let trouble = Mutex(CameraTrouble())
    private let progress = Mutex(CameraProgress())
    /// Whether the settings do not have it any more.
    private let isLeaving = Atomic(false)

    /// - Parameters:
    ///   - config: validated.
    ///   - models: what all cameras of the process have read and compiled.
    ///   - namedModels: lists the models that viewers may name just now.
    ///   - source: an input that is open already, and its interrupt.
    package init(
        _ config: CameraConfig, _ hub: LiveHub, models: SharedModels,
        namedModels: @escaping @Sendable () -> [NamedModel] = { [] }, source: (any FrameSource)? = nil,
        interrupt: Interrupt? = nil, limits: EndLimits = .none, listeners: Listeners = Listeners(), log: Logger
    ) {
        (self.hub, self.models, self.namedModels) = (hub, models, namedModels)
        (self.limits, self.listeners, self.log) = (limits, listeners, log)
        signal = SignalWatch(hub, log)
        waiting = WaitingSlate(hub, log)
        reloading = Reload(config, interrupt, log)
        opened = Mutex(source)
    }

    /// Ends it soon: what is recorded is completed.
    package func stop() { reloading.stop() }

    /// How things are, for people.
    package var line: String { isAlone ? hub.status.line : "\(hub.name): \(hub.status.line)" }

    /// Pictures and slates that went all the way through the pipeline.
    package var picturesShown: Int { hub.status.picturesShown }

    /// What was done, in one line.
    private var summary: String {
        let lacks = LiveOutputs.losses.compactMap { loss in
            let lost = loss.counter(hub.registry).value
            return lost > 0 ? "; \(loss.summary(lost))" : nil
        }
        return "\(hub.ledger.counts.summary); label switches: \(hub.metrics.labelSwitches.value)\(lacks.joined())"
    }

    /// Blocks its thread, for to open an input, to load a model and to complete files takes long: it wants one of its own.
    ///
    /// - Throws: why it cannot go on. What was recorded until then is kept.
    package func run() async throws {
        do {
            try await reloading.run(open, apply, afterFailure: waitToTryAgain)
            if !isAlone { hub.program.pause("the input has ended") }
        } catch {
            try finishOutputs()
            throw error
        }
        try finishOutputs()
        opener.withLock { $0 }?.finish()
        log.notice("\(summary)")
    }

    /// The same of one of several, which ends nothing but itself.
    func runAmongOthers() async {
        do {
            try await run()
        } catch {
            log.error("\(error)")
            hub.program.pause("\(error)")
        }
    }

    /// Looks whether settings suit the model that runs.
    ///
    /// - Throws: what is wrong with them, if the pipeline can tell.
    func check(_ new: CameraConfig) throws { try hub.program.settings?.check(new, insteadOf: reloading.newest) }

    /// Takes other settings, at any time, and says what becomes of them.
    ///
    /// - Returns: whether they are others.
    func follow(_ new: CameraConfig) -> Bool {
        do {
            switch try reloading.take(new, apply) {
            case .unchanged: return false
            case .taken: log.notice("the new settings hold")
            case .waiting: log.info("the new settings hold as soon as the pipeline is open")
            case .restarting: break  // told when the next pipeline is opened
            }
        } catch {
            log.error("\(error)")
            log.notice("the old settings are kept")
        }
        return true
    }

    func noteArrival() { log.notice("this camera is new") }

    /// Ends it, as the settings do not have it any more.
    func leave() {
        log.notice("this camera is taken out")
        isLeaving.store(true, ordering: .relaxed)
        stop()
    }

    /// After its end there is nothing to ask of it.
    func forgetMeasurements() { if !isAlone { hub.registry.remove() } }

    /// Tells if its pipeline runs and nothing comes through. To be called every second or so.
    func checkProgress(at now: ContinuousClock.Instant = .now) {
        guard !isAlone else { return }
        let news = progress.withLock { progress in
            progress.note(
                pictures: picturesShown, isRunning: hub.program.isRunning, at: now,
                patience: CameraProgress.patience(reloading.newest.capture))
        }
        switch news {
        case .stalled(let time):
            let text = "no picture has come through for \(time / .seconds(1)) s"
            log.error("\(text)")
            hub.program.note(stall: text)
        case .goesOn:
            log.notice("pictures come through again")
            hub.program.note(stall: nil)
        case nil: break
        }
    }

    /// Whether it is the only one, whose failure ends the program.
    private var isAlone: Bool { hub.name.isEmpty }

    /// Of the slates while it waits.
    private static let slatePause = Duration.seconds(1)
    private static let step = Duration.milliseconds(200)

    /// One of several tells what is wrong, and is tried again, less and less often.
    ///
    /// - Returns: false if it is not.
    private func waitToTryAgain(_ error: any Error) async -> Bool {
        guard !isAlone, !reloading.isOver else { return false }
        let text = "\(error)"
        let (isNew, pause) = trouble.withLock { $0.note(text) }
        log.log(level: isNew ? .error : .debug, "\(text)")
        if isNew { log.notice("this camera is tried again until it can be had") }
        hub.program.pause(text)
        hub.status.setSignal(isPresent: false)
        let end = ContinuousClock.now + pause
        var slateAt = ContinuousClock.now
        while ContinuousClock.now < end, !reloading.isWanted {
            if .now >= slateAt {
                waiting.show(["not ready", "the log says why"])
                slateAt += Self.slatePause
            }
            try? await Task.sleep(for: Self.step)
        }
        return true
    }

    /// Hands an open pipeline other settings.
    @Sendable private func apply(_ new: CameraConfig) throws {
        guard let settings = hub.program.settings else { return }
        try settings.follow(new)
        hub.events.publish(.settings(settings.list.map { .init(key: $0.key, value: $0.value) }))
    }

    private func open(_ attempt: Reload.Attempt) throws -> (() async throws -> Void)? {
        switch attempt.reason {
        case .start, .again: break
        case .newSettings, .oldSettings: hub.program.pause("new settings are being read")
        }
        if attempt.reason != .start { hub.ledger.forgetSource() }
        var config = attempt.config
        if !isAlone {
            config.capture.wait = true
            // Whoever has several needs no threads to hurry with one.
            if config.capture.decoderThreads == 0 { config.capture.decoderThreads = 1 }
        }
        // An input that was there is no reason to end when it is away just now.
        if attempt.reason == .oldSettings { config.capture.wait = true }
        let pipeline = try open(config, attempt.interrupt)
        if pipeline != nil { trouble.withLock { $0 = CameraTrouble() } }
        listeners.opened()
        return pipeline.map { pipeline in { try await pipeline.run() } }
    }

    /// - Returns: nil if it was interrupted.
    private func open(_ config: CameraConfig, _ interrupt: Interrupt) throws -> LivePipeline? {
        let canRecord = !config.encode.output.isEmpty
        let asked = LiveSettings.Values(config, explainedClass: nil, isRecording: canRecord)
        for method in SessionChoice(asked).infer.methodsInUse { try method.checkForLiveInput() }
        let opener = try sessionOpener()
        let outputs = try openOutputs(config.encode)
        signal.connect(show: waiting.show, onReturn: {})
        waiting.show(["camstream is starting"])
        let source: any FrameSource
        do {
            let known = opened.withLock { $0.take() }
            source = try known ?? openSource(config.capture, interrupt: interrupt, onSignal: signal.note)
        } catch CaptureError.interrupted {
            return nil
        }
        let (session, isFallback) = try opener.openFirst(asked, after: hub.program.settings, source.format)
        log.info(
            "live input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height)")
        for note in source.notes { log.info("\(note)") }
        log.warnOfMissingGlyphs(session.facts.labels, config.overlay)
        let settings = settings(config, session.facts, canRecord: canRecord, isFallback: isFallback)
        hub.status.open(source: source.name, model: session.facts.model)
        hub.program.start(settings)
        hub.events.publish(.state(hub.program.snapshot))
        ProcessMemory.returnFreed()
        let delivery = LiveDelivery(
            hub, settings, outputs.all, timeToDrain: limits.drain, onPicture: listeners.delivered, log: log)
        let (format, mapCount) = (source.format, config.overlay.layout.mapCount)
        let sessions = SessionSwitch(
            session, settings, hub, opener.thread, log,
            // The model is read once more for it, where somebody may choose.
            listLayers: { [hub] in hub.isServed ? opener.layers($0) : [] },
            open: { try opener.open($0, format, mapCount: mapCount, isTried: true) })
        return LivePipeline(
            source: source, sessions: sessions, settings: settings, delivery: delivery, signal: signal,
            interrupt: interrupt, log: log,
            pace: InferencePace(every: config.infer.camEvery, rate: config.infer.inferenceRate))
    }

    /// What viewers have changed outlives a reload.
    private func settings(
        _ config: CameraConfig, _ session: LiveSession.Facts, canRecord: Bool, isFallback: Bool
    ) -> LiveSettings {
        let asked = LiveSettings.Values(config, explainedClass: session.explainedClass, isRecording: canRecord)
        let settings =
            hub.program.settings ?? LiveSettings(asked, session, canRecord: canRecord, models: namedModels)
        settings.follow(asked, session, canRecord: canRecord, isFallback: isFallback)
        return settings
    }

    private func sessionOpener() throws(LackOfResources) -> SessionOpener {
        if let known = opener.withLock({ $0 }) { return known }
        let made = try SessionOpener(models, log)
        opener.withLock { $0 = made }
        return made
    }

    private func finishOutputs() throws(EncodeError) {
        let outputs = outputs.withLock { $0.take() }
        try outputs?.finish(within: isLeaving.load(ordering: .relaxed) ? limits.leave : limits.finish)
    }

    private func openOutputs(_ config: EncodeConfig) throws -> LiveOutputs {
        let known = outputs.withLock { $0 }
        if let known, known.config == config { return known }
        // Wrong settings are told before the files of the old ones end.
        let new = try LiveOutputs(config, after: known, hub, log)
        outputs.withLock { $0 = new }
        try known?.handOver(to: new)
        return new
    }
}
