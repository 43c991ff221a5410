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

        package static let none = EndLimits(finish: nil, drain: nil)
        /// A service has two seconds for its end, whatever hangs.
        package static let service = EndLimits(finish: .milliseconds(1200), drain: .milliseconds(400))
    }

    /// Who is told what happens to the camera.
    package struct Listeners: Sendable {
        let opened: @Sendable () -> Void
        let delivered: LiveOutlets.OnPicture

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
    private let limits: EndLimits
    private let listeners: Listeners
    private let log: Logger
    private let signal: SignalWatch
    private let reloading: Reload
    /// What is written goes on from one pipeline to the next, if its own settings are the same.
    private let files = Mutex<LiveFiles?>(nil)
    /// An input that is open before the first pipeline.
    private let opened: Mutex<(any FrameSource)?>

    /// - Parameters:
    ///   - config: validated.
    ///   - models: what all cameras of the process have read and compiled.
    ///   - source: an input that is open already, and its interrupt.
    package init(
        _ config: CameraConfig, _ hub: LiveHub, models: SharedModels, source: (any FrameSource)? = nil,
        interrupt: Interrupt? = nil, limits: EndLimits = .none, listeners: Listeners = Listeners(), log: Logger
    ) {
        (self.hub, self.models, self.limits, self.listeners, self.log) = (hub, models, limits, listeners, log)
        signal = SignalWatch(hub, log)
        reloading = Reload(config, interrupt, log)
        opened = Mutex(source)
    }

    /// Ends it soon: what is recorded is completed.
    package func stop() { reloading.stop() }

    /// How things are, for people.
    package var line: String { hub.status.line }

    /// Pictures and slates that went all the way through the pipeline.
    package var picturesShown: Int { hub.status.picturesShown }

    /// What was done, in one line.
    package var summary: String {
        let lost = hub.metrics.sidecarDropped.value
        let lack = lost > 0 ? "; the sidecar lacks \(lost) lines" : ""
        return "\(hub.ledger.counts.summary); label switches: \(hub.metrics.labelSwitches.value)\(lack)"
    }

    /// Blocks its thread, for to open an input, to load a model and to complete files takes long: it wants one of its own.
    ///
    /// - Throws: why it cannot go on. What was recorded until then is kept.
    package func run() async throws {
        do {
            try await reloading.run(open, apply)
        } catch {
            try finishFiles()
            throw error
        }
        try finishFiles()
    }

    /// Takes other settings, at any time.
    ///
    /// - Throws: what is wrong with them, if the pipeline can tell; then nothing changes.
    package func take(_ new: CameraConfig) throws -> Reload.Answer { try reloading.take(new, apply) }

    /// Hands an open pipeline other settings.
    @Sendable private func apply(_ new: CameraConfig) throws {
        guard let settings = hub.program.settings else { return }
        try settings.follow(new)
        hub.events.publish(.settings(settings.list.map { .init(key: $0.key, value: $0.value) }))
    }

    private func open(_ attempt: Reload.Attempt) throws -> (() async throws -> Void)? {
        if attempt.reason != .start {
            hub.program.pause("new settings are being read")
            hub.ledger.forgetSource()
        }
        var config = attempt.config
        // An input that was there is no reason to end when it is away just now.
        if attempt.reason == .oldSettings { config.capture.wait = true }
        let pipeline = try open(config, attempt.interrupt)
        listeners.opened()
        return pipeline.map { pipeline in { try await pipeline.run() } }
    }

    /// - Returns: nil if it was interrupted.
    private func open(_ config: CameraConfig, _ interrupt: Interrupt) throws -> LivePipeline? {
        try config.infer.method.checkForLiveInput()
        let files = try openFiles(config.encode)
        let waiting = WaitingSlate(hub, log)
        signal.connect(show: waiting.show, onReturn: {})
        waiting.show(["camstream is starting"])
        let source: any FrameSource
        do {
            let known = opened.withLock { $0.take() }
            source = try known ?? openSource(config.capture, interrupt: interrupt, onSignal: signal.note)
        } catch CaptureError.interrupted {
            return nil
        }
        var infer = config.infer
        // The pipeline leaves frames out by itself.
        infer.camEvery = 1
        infer.pace = .live
        let explainer = try Explainer(
            infer, format: source.format, mapCount: config.overlay.layout.mapCount, shared: models)
        log.info(
            "live input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height)")
        for note in source.notes + explainer.notes { log.info("\(note)") }
        log.warnOfMissingGlyphs(explainer.labels, config.overlay)
        let settings = settings(config, explainer, canRecord: files.recording != nil)
        hub.status.open(source: source.name, model: explainer.modelName)
        hub.program.start(settings)
        hub.events.publish(.state(hub.program.snapshot))
        ProcessMemory.returnFreed()
        let outlets = LiveOutlets(
            hub, settings, recording: files.recording.map { LiveRecording($0, hub, timeToDrain: limits.drain) },
            sidecar: files.sidecar, method: explainer.method, onPicture: listeners.delivered, log: log)
        return LivePipeline(
            source: source, explainer: explainer, settings: settings, outlets: outlets, signal: signal,
            interrupt: interrupt, log: log, camEvery: config.infer.camEvery)
    }

    /// What viewers have changed outlives a reload.
    private func settings(_ config: CameraConfig, _ explainer: Explainer, canRecord: Bool) -> LiveSettings {
        let asked = LiveSettings.Values(
            config, explainedClass: explainer.settings.explainedClass, isRecording: canRecord)
        let settings =
            hub.program.settings
            ?? LiveSettings(asked, labels: explainer.labels, method: explainer.method, canRecord: canRecord)
        settings.follow(asked, labels: explainer.labels, method: explainer.method, canRecord: canRecord)
        return settings
    }

    private func finishFiles() throws(EncodeError) {
        let files = files.withLock { $0.take() }
        try files?.finish(within: limits.finish)
    }

    private func openFiles(_ config: EncodeConfig) throws -> LiveFiles {
        let known = files.withLock { $0 }
        if let known, known.config == config { return known }
        // Wrong settings are told before the files of the old ones end.
        let new = try LiveFiles(config, after: known, hub, log)
        files.withLock { $0 = new }
        try known?.handOver(to: new)
        return new
    }
}
