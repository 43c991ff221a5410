package import Capture
import Events
package import Infer
package import Logging
package import Pipeline
import Serve
import Synchronization

/// One camera: what comes from it is shown, recorded, or both, by one pipeline after the other, until its input ends or it
/// is told to stop.
package final class CameraRun: Sendable {
    /// What viewers see of it.
    package let hub: LiveHub
    /// nil: nobody teaches.
    let teaching: CameraTeaching?
    private let pipelines: PipelineOpener
    private let listeners: Listeners
    private let log: Logger
    private let reloading: Reload
    private let waiting: WaitingSlate
    private let trouble = Mutex(CameraTrouble())
    private let progress = Mutex(CameraProgress())
    /// Whether the settings do not have it any more.
    private let isLeaving = Atomic(false)

    /// - Parameters:
    ///   - config: validated.
    ///   - models: what all cameras of the process have read and compiled.
    ///   - namedModels: lists the models that viewers may name just now.
    ///   - teaching: the set that its settings name.
    ///   - source: an input that is open already, and its interrupt.
    package init(
        _ config: CameraConfig, _ hub: LiveHub, models: SharedModels,
        namedModels: @escaping @Sendable () -> [NamedModel] = { [] }, teaching: CameraTeaching? = nil,
        source: (any FrameSource)? = nil,
        interrupt: Interrupt? = nil, limits: EndLimits = .none, listeners: Listeners = Listeners(), log: Logger
    ) {
        (self.hub, self.teaching, self.listeners, self.log) = (hub, teaching, listeners, log)
        if let teacher = teaching?.live { TeachMetrics.add(hub.registry, teacher) }
        waiting = WaitingSlate(hub, log)
        reloading = Reload(config, interrupt, log)
        pipelines = PipelineOpener(
            hub, models, namedModels: namedModels, teacher: teaching?.live, source: source, limits: limits,
            onPicture: listeners.delivered,
            waiting, log)
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

    /// Blocks its thread while it opens an input, loads a model or completes files, so it needs one of its own.
    ///
    /// - Throws: why it cannot go on. What was recorded until then is kept.
    package func run() async throws {
        do {
            try await reloading.run(open, apply, afterFailure: waitToTryAgain)
            if !isAlone { hub.program.pause("the input has ended") }
        } catch {
            try pipelines.finishOutputs(isLeaving: isLeaving.load(ordering: .relaxed))
            throw error
        }
        try pipelines.finishOutputs(isLeaving: isLeaving.load(ordering: .relaxed))
        pipelines.finish()
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
    func forgetMeasurements() {
        if !isAlone { hub.registry.remove() }
        hub.teller.leave()
    }

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
            let text = "no frame has come through for \(time / .seconds(1)) s"
            log.error("\(text)")
            hub.program.note(stall: text)
        case .goesOn:
            log.notice("frames come through again")
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
        hub.teller.lose(at: Double(CaptureTime.now.wall) / 1e6)
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
        let pipeline = try pipelines.open(config, attempt.interrupt)
        if pipeline != nil { trouble.withLock { $0 = CameraTrouble() } }
        listeners.opened()
        return pipeline.map { pipeline in { try await pipeline.run() } }
    }
}
