import Capture
import Encode
import Kept
import Live
import Logging
import Overlay
import Pipeline

/// The program on a kept recording: its pictures with the heat that the file has, drawn and encoded. Three stages, a thread for
/// each, a bounded queue between neighbours, as in `Run`.
struct BurnRun {
    let log: Logger
    let showsProgress: Bool
    /// What was given, over what the file says.
    let settings: (KeptFacts?) -> Config

    /// Frames between two stages.
    private static let queueLength = 2

    /// - Returns: the exit code.
    func callAsFunction() async throws -> Int32 {
        var config = settings(nil)
        try config.validate()
        try config.encode.checkOutput()
        return try await Opening(log: log) { interrupt, signals in
            log.debug("opening the recording")
            var capture = config.capture
            capture.takesAuxiliaryStreams = config.encode.copyStreams
            let kept = try KeptSource(capture, interrupt: interrupt)
            config = settings(kept.facts)
            try config.overlay.checkTracks(of: kept.facts)
            let drawing = try drawing(&config, kept)
            signals.limit(nil)
            try await run(kept, drawing, interrupt, signals)
            guard let signal = signals.received else { return ExitStatus.done.rawValue }
            log.notice("interrupted: what was read until then is kept in \(config.encode.output)")
            return ExitStatus.interrupted(by: signal)
        }
    }

    /// Where the run's own font is not installed here, the labels get the usual one.
    private func drawing(_ config: inout Config, _ kept: KeptSource) throws -> Drawing {
        let methods = kept.facts.heat.map(\.methodTitle)
        do {
            return try Drawing(config, kept.source, methods: methods)
        } catch OverlayError.noSuchFont(let family) where settings(nil).overlay.font == nil {
            log.warning("the run's font '\(family)' is not installed here: labels are in the system's sans-serif")
            config.overlay.font = nil
            return try Drawing(config, kept.source, methods: methods)
        }
    }

    private func run(
        _ kept: KeptSource, _ drawing: Drawing, _ interrupt: Interrupt, _ signals: Signals
    ) async throws {
        let source = kept.source
        let captured = Channel<Explained>(capacity: Self.queueLength, whenFull: .block)
        let painted = Channel<Frame>(capacity: Self.queueLength, whenFull: .block)
        signals.onStop {
            interrupt.raise()
            captured.finish()
        }
        describe(kept, drawing)
        let notes = drawing.sink.notes
        for note in notes { log.warning("\(note)") }

        let progress = ProgressLine(isShown: showsProgress)
        progress.expect(frames: source.frameCountEstimate)
        let stages = ["decode", "overlay", "encode"].map(StageCounter.init)
        let threads = try ["capture", "overlay"].map { try StageThread($0) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: threads[0]) { [log] in
                defer { captured.finish() }
                while let picture = try stages[0].measureTime({ try kept.next() }) {
                    for warning in source.takeWarnings() { log.warning("\(warning)") }
                    guard await captured.send(picture) else { return }
                }
            }
            group.addTask(executorPreference: threads[1]) {
                defer {
                    captured.cancel()
                    painted.finish()
                }
                while let picture = await captured.receive() {
                    progress.update(frames: stages[2].done, label: picture.drawn?.label)
                    guard await painted.send(try stages[1].measure(picture, drawing.painter.paint)) else { return }
                }
            }
            group.addTask(executorPreference: drawing.thread) { [log] in
                try await drawing.encode(painted, stages[2], log)
            }
            do {
                for try await _ in group {}  // one by one: the first error is thrown when it happens
            } catch {
                interrupt.raise()
                throw error
            }
        }
        // Only here, where no stage has failed: what is not finished is removed, not renamed.
        try await drawing.finish(stages[2])
        progress.erase()
        for warning in source.takeWarnings() + kept.takeWarnings() { log.warning("\(warning)") }
        for note in drawing.sink.notes where !notes.contains(note) { log.warning("\(note)") }
        let summary = Summary(
            read: source.framesRead, done: .written(stages[2].done), corrupt: source.corruptPackets,
            elapsed: ContinuousClock.now - start, stages: stages)
        log.notice("\(drawing.output): \(summary.text)")
    }

    private func describe(_ kept: KeptSource, _ drawing: Drawing) {
        let (source, facts) = (kept.source, kept.facts)
        log.info("input \(source.name): \(source.codecName), \(source.format.width)x\(source.format.height)")
        let methods = facts.heat.map(\.methodTitle).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        log.info("its heat: \(methods.joined(separator: ", ")) of \(facts.model.name), by camstream \(facts.camstream)")
        if let note = drawing.painter.note { log.info("\(note)") }
        for note in source.notes { log.info("\(note)") }
    }
}
