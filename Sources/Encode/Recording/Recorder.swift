package import Pipeline
import Synchronization

/// Records a live picture to files. What goes wrong with the disk, or with a file, pauses it and ends nothing.
///
/// A file plays at any moment, whatever happens to the process: what is older than a second is in it. When it is
/// finished it is copied into a seekable one in the background. All methods may be called from any thread, but pictures
/// must come from one.
package final class Recorder: Sendable {
    package enum Outcome: Sendable, Equatable {
        case written
        case dropped(DropReason)
        /// Nobody wants a recording now.
        case off
    }

    package enum DropReason: String, Sendable, CaseIterable {
        /// There is no room, or the folder is gone, or the disk fails.
        case disk
        /// The encoder failed, or refuses the pictures.
        case encoder
    }

    private let report: RecordingReport
    private let finisher: Finisher
    private let session: Mutex<RecordingSession>

    /// Checks all that can be checked now, and completes in the background what dead processes have left. It does not
    /// record yet.
    ///
    /// - Parameters:
    ///   - metadata: tags for each file; the time of its beginning is added.
    ///   - goesOn: whether this program has recorded before: nothing that is there is refused or replaced then.
    ///   - onEvent: called from the thread of the pictures or from that which completes files; it must not block.
    /// - Throws: `EncodeError` if nothing could be recorded: container, codec, name, folder, or a file that is there.
    package convenience init(
        _ config: EncodeConfig, metadata: OutputMetadata = OutputMetadata(), goesOn: Bool = false,
        onEvent: @escaping @Sendable (RecordingEvent) -> Void = { _ in }
    ) throws(EncodeError) {
        try self.init(config, metadata: metadata, room: DiskRoom(), goesOn: goesOn, onEvent: onEvent)
    }

    init(
        _ config: EncodeConfig, metadata: OutputMetadata, room: DiskRoom, clock: TrustedClock = TrustedClock(),
        goesOn: Bool = false, onEvent: @escaping @Sendable (RecordingEvent) -> Void
    ) throws(EncodeError) {
        report = RecordingReport(onEvent)
        let plan = try OutputPlan(config)
        guard case .video(let container) = plan.target else { throw .notForLive(path: plan.path) }
        _ = try LiveContainer(container, path: plan.path)
        try EncoderSettings(config, plan.codec, .live).check()
        let names = try RecordingNames(plan.path)
        let folder = try RecordingFolder(names)
        // With names that tell the time nothing is ever replaced.
        let hasOneName = !names.hasConversions && config.segment == nil
        if hasOneName, !goesOn {
            _ = try TemporaryFile(for: plan.path, replacing: config.force)
        }
        let retention = Retention(
            names: names, keep: config.keep, maxBytes: config.maxBytes, listed: !hasOneName, clock: clock,
            report: report)
        do throws(LackOfResources) {
            finisher = try Finisher(report, retention, room)
            session = Mutex(
                try RecordingSession(
                    config, plan, names: names, folder: folder, metadata: metadata, room: room, report: report,
                    finisher: finisher, mayReplace: config.force && hasOneName && !goesOn))
        } catch {
            throw .lack(error)
        }
        finisher.repair()
    }

    /// As the page's button does. The first picture after it begins a file.
    package func start() { report.update { $0.isActive = true } }

    /// The current file is completed in the background.
    package func stop() {
        report.update { $0.isActive = false }
        // Not by this thread, which may be in a hurry.
        finisher.run { [self] in session.withLock { $0.pauseIfOff() } }
    }

    /// Takes a picture. A new file begins where `format` changes, or a segment is over.
    package func write(_ frame: consuming Frame, _ format: VideoFormat) -> Outcome {
        // Handed over as an Optional, because a lock's closure cannot consume a captured value.
        var offered: Frame? = consume frame
        return session.withLock { session in
            guard let frame = offered.take() else { return .off }
            return session.write(frame, format)
        }
    }

    /// Ends. The pictures that came are in the file when this returns, and it is made seekable in the background.
    package func close() {
        report.update { $0.isActive = false }
        session.withLock { $0.pauseIfOff() }
    }

    /// Ends. The pictures that came are in the file, under whatever name, when this returns.
    ///
    /// - Parameter limit: how long it may take to make files seekable; what is not ready by then stays under its hidden
    ///   name, where it plays, and the next start completes it. Nil: as long as it takes.
    package func finish(within limit: Duration? = nil) {
        close()
        finisher.finishAll(within: limit)
    }

    package var status: RecordingStatus { report.status }

    /// Does something on the thread that completes files, after what it was given before.
    func runBehindScenes(_ work: @escaping @Sendable () -> Void) { finisher.run(work) }
}
