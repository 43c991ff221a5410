import Capture
import Encode
import Infer
import Logging
import Overlay
import Pipeline

/// The program: four stages, a thread for each, a bounded queue between neighbours.
///
/// All stages are opened first, one after the other, so that whatever is wrong is told before anything is written.
/// Closing a queue is the only signal between them: a normal end drains, a failure closes both ways.
struct Run {
    let config: Config
    let log: Logger
    let showsProgress: Bool

    /// Frames between two stages: enough to even out their paces, few enough to stay small in memory.
    private static let queueLength = 2

    /// - Returns: the exit code.
    func callAsFunction() async throws -> Int32 {
        ProcessMemory.keepSmall()
        try config.validate()
        try config.encode.checkOutput()
        let captured = Channel<Frame>(capacity: Self.queueLength, whenFull: .block)
        let explained = Channel<Explained>(capacity: Self.queueLength, whenFull: .block)
        let painted = Channel<Frame>(capacity: Self.queueLength, whenFull: .block)
        let interrupt = Interrupt()
        let signals = Signals {
            interrupt.raise()
            captured.finish()
        }

        let source = try FileSource(config.capture, interrupt: interrupt)
        let explainer = try Explainer(
            config.infer, format: source.format, mapCount: config.overlay.layout == .grid ? 5 : 1)
        let painter = try Painter(config.overlay, input: source.format)
        let sink = try openSink(
            config.encode, format: painter.outputFormat, companions: source.companions, packets: source.packets,
            metadata: OutputMetadata(container: source.metadata))
        let sidecar = try openSidecar()
        describe(source, explainer)
        ProcessMemory.returnFreed()

        let stages = ["decode", "infer", "overlay", "encode"].map(StageCounter.init)
        let progress = ProgressLine(total: source.frameCountEstimate, isShown: showsProgress)
        let threads = ["capture", "infer", "overlay", "encode"].map(StageThread.init)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: threads[0]) {
                defer { captured.finish() }
                while let frame = try stages[0].measureTime({ try source.next() }) {
                    for warning in source.takeWarnings() { log.warning("\(warning)") }
                    guard await captured.send(frame) else { return }
                }
            }
            group.addTask(executorPreference: threads[1]) {
                defer {
                    captured.cancel()
                    explained.finish()
                }
                while let frame = await captured.receive() {
                    if explainer.isFull, let picture = try stages[1].measureTime({ try explainer.next() }) {
                        guard await explained.send(picture) else { return }
                    }
                    try stages[1].measure(frame, explainer.submit)
                }
                while let picture = try stages[1].measureTime({ try explainer.next() }) {
                    guard await explained.send(picture) else { return }
                }
            }
            group.addTask(executorPreference: threads[2]) {
                defer {
                    explained.cancel()
                    painted.finish()
                }
                while let picture = await explained.receive() {
                    if let sidecar, let record = FrameRecord(picture, method: explainer.method) {
                        try sidecar.write(record)
                    }
                    progress.update(frames: stages[3].done, label: picture.top.first?.label)
                    guard await painted.send(try stages[2].measure(picture, painter.paint)) else { return }
                }
            }
            group.addTask(executorPreference: threads[3]) {
                defer { painted.cancel() }
                while let frame = await painted.receive() {
                    try stages[3].measure(frame, sink.write)
                }
            }
            for try await _ in group {}  // one by one: the first error is thrown when it happens
        }
        // Only here, where no stage has failed: what is not finished is removed, not renamed.
        try stages[3].measureTime { try sink.finish() }
        try sidecar?.finish()
        progress.erase()
        for warning in source.takeWarnings() { log.warning("\(warning)") }
        for note in sink.notes { log.warning("\(note)") }
        let summary = Summary(
            read: source.framesRead, written: stages[3].done, corrupt: source.corruptPackets,
            elapsed: ContinuousClock.now - start, stages: stages)
        log.notice("\(config.encode.output): \(summary.text)")
        if let signal = signals.received {
            log.notice("interrupted: what was read until then is kept in \(config.encode.output)")
            return ExitStatus.interrupted(by: signal)
        }
        return ExitStatus.done.rawValue
    }

    private func openSidecar() throws(EncodeError) -> SidecarWriter? {
        guard let path = config.encode.sidecar else { return nil }
        return try SidecarWriter(path: path, replacing: config.encode.force)
    }

    private func describe(_ source: FileSource, _ explainer: Explainer) {
        let format = source.format
        log.info("input \(source.name): \(source.codecName), \(format.width)x\(format.height)")
        for note in explainer.notes { log.info("\(note)") }
    }
}
