import Capture
import Encode
import Engine
import Infer
import Logging
import Overlay
import Pipeline
import Serve
import Synchronization
import Tracking

/// Opens the pipelines of a camera, one after the other, and keeps what goes on from one to the next: what viewers have
/// chosen, and what is written.
final class PipelineOpener: Sendable {
    private let hub: LiveHub
    private let models: SharedModels
    /// Models that viewers may name.
    private let namedModels: @Sendable () -> [NamedModel]
    private let teacher: (any LiveTeacher)?
    /// Opens what viewers choose; nil before the first pipeline.
    private let opener = Mutex<SessionOpener?>(nil)
    private let limits: CameraRun.EndLimits
    private let onPicture: LiveDelivery.OnPicture
    private let log: Logger
    private let signal: SignalWatch
    private let waiting: WaitingSlate
    /// An output goes on if the settings ask for it as before.
    private let outputs = Mutex<LiveOutputs?>(nil)
    /// An input that is open before the first pipeline.
    private let opened: Mutex<(any FrameSource)?>

    init(
        _ hub: LiveHub, _ models: SharedModels, namedModels: @escaping @Sendable () -> [NamedModel],
        teacher: (any LiveTeacher)?, source: (any FrameSource)?, limits: CameraRun.EndLimits,
        onPicture: @escaping LiveDelivery.OnPicture,
        _ waiting: WaitingSlate, _ log: Logger
    ) {
        (self.hub, self.models, self.namedModels, self.teacher) = (hub, models, namedModels, teacher)
        (self.limits, self.onPicture, self.waiting, self.log) = (limits, onPicture, waiting, log)
        signal = SignalWatch(hub, log)
        opened = Mutex(source)
    }

    /// - Returns: nil if it was interrupted.
    func open(_ config: CameraConfig, _ interrupt: Interrupt) throws -> LivePipeline? {
        let canRecord = !config.encode.output.isEmpty
        let asked = LiveSettings.Values(config, explainedClass: nil, isRecording: canRecord)
        for method in SessionChoice(asked).infer.methodsInUse { try method.checkForLiveInput() }
        let opener = try sessionOpener()
        let outputs = try openOutputs(config.encode)
        signal.connect(show: waiting.show, onReturn: {})
        waiting.show([LiveProgram.starting])
        let source: any FrameSource
        do {
            let known = opened.withLock { $0.take() }
            var capture = config.capture
            capture.keepsVideo = config.encode.keepVideo
            capture.takesSound = !config.encode.push.isEmpty
            source = try known ?? openSource(capture, interrupt: interrupt, onSignal: signal.note)
        } catch CaptureError.interrupted {
            return nil
        }
        let (opened, isFallback) = try opener.openFirst(asked, after: hub.program.settings, source.format)
        let session = opened.taught(teacher?.head)
        log.info(
            "live input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height)")
        for note in source.notes { log.info("\(note)") }
        log.warnOfMissingGlyphs(session.facts.labels, config.overlay)
        let settings = settings(config, session.facts, canRecord: canRecord, isFallback: isFallback)
        for output in outputs.all { try output.begin(with: source, settings.values) }
        hub.status.open(source: source.name, model: session.facts.model)
        hub.program.start(settings)
        hub.events.publish(.state(hub.program.snapshot))
        ProcessMemory.returnFreed()
        let delivery = LiveDelivery(
            hub, settings, outputs.all, timeToDrain: limits.drain, onPicture: onPicture, log: log)
        let (format, mapCount) = (source.format, config.overlay.layout.mapCount)
        let sessions = SessionSwitch(
            session, settings, hub, opener.thread, log, teacher: teacher,
            // The model is read once more for it, where somebody may choose.
            listLayers: { [hub] in hub.isServed ? opener.layers($0) : [] },
            open: { try opener.open($0, format, mapCount: mapCount, isTried: true) })
        return LivePipeline(
            source: source, sessions: sessions, settings: settings, delivery: delivery, signal: signal,
            interrupt: interrupt, log: log,
            pace: InferencePace(every: config.infer.camEvery.frames ?? 1, rate: config.infer.inferenceRate))
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

    /// No session will be opened any more.
    func finish() { opener.withLock { $0 }?.finish() }

    private func sessionOpener() throws(LackOfResources) -> SessionOpener {
        if let known = opener.withLock({ $0 }) { return known }
        let made = try SessionOpener(models, log)
        opener.withLock { $0 = made }
        return made
    }

    /// Completes what is written.
    ///
    /// - Parameter isLeaving: whether others go on without this camera.
    /// - Throws: `EncodeError` if it cannot be.
    func finishOutputs(isLeaving: Bool) throws(EncodeError) {
        let outputs = outputs.withLock { $0.take() }
        try outputs?.finish(within: isLeaving ? limits.leave : limits.finish)
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
