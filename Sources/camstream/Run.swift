import Capture
import Dispatch
import Encode
import Engine
import Infer
import Live
import Logging
import Overlay
import Pipeline
import Reports

/// The program on a recording: four stages, a thread for each, a bounded queue between neighbours. Where no picture is written,
/// there is nothing to draw either, and two stages do.
///
/// All other stages are opened before the first frame, one after the other, so that whatever is wrong is told before anything is written.
/// Closing a queue is the only signal between them: a normal end drains, a failure closes both ways.
struct Run {
    let config: Config
    let log: Logger
    let showsProgress: Bool
    /// What other runs of the same model have read and compiled.
    var shared: SharedModels?
    /// Whether what was seen is wanted in short.
    var makesDigest = false

    /// Frames between two stages: enough to even out their paces, few enough to stay small in memory.
    private static let queueLength = 2
    /// For the maps of pictures that are under way when the program is interrupted.
    private static let timeForMaps = DispatchTimeInterval.milliseconds(500)

    /// - Returns: the exit code.
    func callAsFunction(_ source: any FrameSource, _ interrupt: Interrupt, _ signals: Signals) async throws -> Int32 {
        let summary = try config.summary.map { path throws(EncodeError) in
            try SummaryFile(path, replacing: config.encode.force)
        }
        let result = try await result(source, interrupt, signals)
        try summary?.write(
            result.summary, input: config.capture.input, files: config.encode.files,
            isInterrupted: signals.received != nil)
        log.notice("\(names): \(result.summary.text)")
        guard let signal = signals.received else { return ExitStatus.done.rawValue }
        log.notice("interrupted: what was read until then is kept in \(names)")
        return ExitStatus.interrupted(by: signal)
    }

    /// The same, for who tells of it in another way. A signal ends it early, with what was read until then.
    func result(_ source: any FrameSource, _ interrupt: Interrupt, _ signals: Signals) async throws -> Result {
        let captured = Channel<Frame>(capacity: Self.queueLength, whenFull: .block)
        let progress = ProgressLine(isShown: showsProgress)
        let passes = PassMonitor { count in progress.note(count) }
        signals.onStop {
            interrupt.raise()
            captured.finish()
            // What is nearly done may end; what takes minutes may not.
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.timeForMaps) { passes.cancel() }
        }
        return try await run(source, captured, interrupt, signals, passes, progress)
    }

    /// What a run comes to.
    struct Result: Sendable {
        let summary: Summary
        /// What the classifier computes in.
        let precision: String
        /// Why the recording has no more pictures than were read; nil: that was all of it.
        let endedEarly: CaptureWarning?
        /// Seconds of the recording, and what was seen in it; nil: nobody asked.
        let digest: (length: Double, seen: RecordingDigest)?
    }

    private var names: String { config.encode.files.joined(separator: ", ") }

    private func run(
        _ source: any FrameSource, _ captured: Channel<Frame>, _ interrupt: Interrupt, _ signals: Signals,
        _ passes: PassMonitor, _ progress: ProgressLine
    ) async throws -> Result {
        let explained = Channel<Explained>(capacity: Self.queueLength, whenFull: .block)
        let painted = Channel<Frame>(capacity: Self.queueLength, whenFull: .block)
        var infer = config.infer
        infer.usualScale = config.camera.usualScale(ofStill: source.isStill)
        infer.pace = source.isStill ? .picture : .video
        infer.comparesMethods = config.overlay.layout == .compare
        try config.checkComparison()
        infer.detect = config.camera.detect
        let explainer = try Explainers.open(
            infer, format: source.format, mapCount: config.overlay.layout == .grid ? 5 : 1, monitor: passes,
            shared: shared
        ).explainer
        signals.limit(nil)
        let methods = explainer.methods.map(\.title)
        let drawing = config.encode.drawsNothing ? nil : try Drawing(config, source, methods: methods)
        let findings = try Findings(
            config, explainer, source, makesDigest: makesDigest)
        defer {
            if let kept = findings.keepMaps() { log.notice("the maps until then are kept in \(kept)") }
        }
        describe(source, explainer, drawing?.painter)
        let notes = drawing?.sink.notes ?? []
        for note in notes { log.warning("\(note)") }
        ProcessMemory.returnFreed()

        let warnings = ToldWarnings(log)
        let stages = ["decode", "infer", "overlay", "encode"].map(StageCounter.init)
        let told = StageCounter("findings")
        progress.expect(frames: source.frameCountEstimate)
        let threads = try ["capture", "infer", drawing == nil ? "findings" : "overlay"].map { try StageThread($0) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: threads[0]) {
                defer { captured.finish() }
                while let frame = try stages[0].measureTime({ try source.next() }) {
                    warnings.tell(source.takeWarnings())
                    guard await captured.send(frame) else { return }
                }
            }
            group.addTask(executorPreference: threads[1]) {
                defer {
                    captured.cancel()
                    explained.finish()
                }
                do {
                    while let frame = await captured.receive() {
                        if explainer.isFull, let picture = try stages[1].measureTime({ try explainer.next() }) {
                            for warning in explainer.takeWarnings() { log.warning("\(warning)") }
                            guard await explained.send(picture) else { return }
                        }
                        try stages[1].measure(frame, explainer.submit)
                    }
                    while let picture = try stages[1].measureTime({ try explainer.next() }) {
                        for warning in explainer.takeWarnings() { log.warning("\(warning)") }
                        guard await explained.send(picture) else { return }
                    }
                } catch InferError.cancelled {
                    log.debug("the maps that were under way are given up")
                }
            }
            group.addTask(executorPreference: threads[2]) {
                defer {
                    explained.cancel()
                    painted.finish()
                }
                while let picture = await explained.receive() {
                    try told.measureOne { try findings.write(picture) }
                    progress.update(
                        frames: drawing == nil ? told.done : stages[3].done, label: picture.drawn?.label)
                    guard let drawing else { continue }
                    guard await painted.send(try stages[2].measure(picture, drawing.painter.paint)) else { return }
                }
            }
            if let drawing {
                group.addTask(executorPreference: drawing.thread) {
                    try await drawing.encode(painted, stages[3], log)
                }
            }
            do {
                for try await _ in group {}  // one by one: the first error is thrown when it happens
            } catch {
                interrupt.raise()  // the source may be waiting for a silent input
                throw error
            }
        }
        // Only here, where no stage has failed: what is not finished is removed, not renamed.
        if let drawing {
            try await drawing.finish(stages[3])
        } else if told.done == 0 {
            throw EncodeError.noFrames(path: names)
        }
        try findings.finish(isInterrupted: signals.received != nil)
        progress.erase()
        warnings.tell(source.takeWarnings())
        for note in (drawing?.sink.notes ?? []) + findings.notes where !notes.contains(note) { log.warning("\(note)") }
        let summary = Summary(
            read: source.framesRead,
            done: drawing == nil ? .explained(told.done) : .written(stages[3].done),
            corrupt: source.corruptPackets,
            elapsed: ContinuousClock.now - start, stages: drawing == nil ? stages.prefix(2) + [told] : stages,
            churn: config.infer.explainedClass == nil && !source.isStill ? explainer.labelChurn : nil)
        return Result(
            summary: summary, precision: explainer.precision, endedEarly: warnings.endedEarly,
            digest: findings.digest)
    }

    private func describe(_ source: any FrameSource, _ explainer: any PictureExplainer, _ painter: EnlargingPainter?) {
        let format = source.format
        log.info("input \(source.name): \(source.codecName), \(format.width)x\(format.height)")
        if let note = painter?.note { log.info("\(note)") }
        for note in source.notes + explainer.notes { log.info("\(note)") }
        if painter != nil, config.overlay.labels != .none { log.warnOfMissingGlyphs(explainer.labels, config.overlay) }
    }
}
