import CFFmpeg
import Pipeline
import Synchronization

/// Records a live picture to files: reads the packets of a `LiveEncoder`. What goes wrong with the disk, or with a file, pauses it and ends nothing.
///
/// A file plays at any moment, whatever happens to the process: what is older than a second is in it. When it is
/// finished it is copied into a seekable one in the background.
package final class Recorder: PacketReader {
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
        /// The program ended.
        case end
    }

    private let report: RecordingReport
    private let gate: RecordingGate
    private let finisher: Finisher
    private let onPicture: @Sendable (PictureStamp, Outcome) -> Void
    private let session: Mutex<RecordingSession>

    /// Checks all that can be checked now, and completes in the background what dead processes have left. It does not
    /// record yet.
    ///
    /// - Parameters:
    ///   - metadata: tags for each file; the time of its beginning is added.
    ///   - goesOn: whether this program has recorded before: nothing that is there is refused or replaced then.
    ///   - onPicture: is told what becomes of each picture that the encoder is given, once.
    ///   - onEvent: what happens to files. Both are called from any thread, and must not block.
    /// - Throws: `EncodeError` if nothing could be recorded: container, codec, name, folder, or a file that is there.
    package convenience init(
        _ config: EncodeConfig, metadata: OutputMetadata = OutputMetadata(), goesOn: Bool = false,
        onPicture: @escaping @Sendable (PictureStamp, Outcome) -> Void = { _, _ in },
        onEvent: @escaping @Sendable (RecordingEvent) -> Void = { _ in }
    ) throws(EncodeError) {
        try self.init(
            config, metadata: metadata, room: DiskRoom(), goesOn: goesOn, onPicture: onPicture, onEvent: onEvent)
    }

    init(
        _ config: EncodeConfig, metadata: OutputMetadata, room: DiskRoom, clock: TrustedClock = TrustedClock(),
        goesOn: Bool = false, onPicture: @escaping @Sendable (PictureStamp, Outcome) -> Void,
        onEvent: @escaping @Sendable (RecordingEvent) -> Void
    ) throws(EncodeError) {
        report = RecordingReport(onEvent)
        gate = RecordingGate(segment: config.segment, report)
        self.onPicture = onPicture
        let container = try Self.container(config)
        let path = config.output
        let names = try RecordingNames(path)
        let folder = try RecordingFolder(names)
        // With names that tell the time nothing is ever replaced.
        let hasOneName = !names.hasConversions && config.segment == nil
        if hasOneName, !goesOn {
            _ = try TemporaryFile(for: path, replacing: config.force)
        }
        let retention = Retention(
            names: names, keep: config.keep, maxBytes: config.maxBytes, listed: !hasOneName, clock: clock,
            report: report)
        do throws(LackOfResources) {
            finisher = try Finisher(report, retention, room)
            session = Mutex(
                try RecordingSession(
                    config, container, names: names, folder: folder, metadata: metadata, room: room, report: report,
                    gate: gate, finisher: finisher, mayReplace: config.force && hasOneName && !goesOn))
        } catch {
            throw .lack(error)
        }
        finisher.repair()
    }

    /// What is written, and whether packets can be had for it.
    private static func container(_ config: EncodeConfig) throws(EncodeError) -> UnsafePointer<AVOutputFormat> {
        if config.keepVideo { return try config.keptContainer() }
        let plan = try OutputPlan(config)
        guard case .video(let container) = plan.target else { throw .notForLive(path: plan.path) }
        _ = try LiveContainer(container, path: plan.path)
        try EncoderSettings(config, plan.codec, .live).check()
        return container
    }

    /// As the page's button does. The first picture after it begins a file.
    package func start() { report.update { $0.isActive = true } }

    /// The current file is completed when the encoder is given the next picture, or is finished.
    package func stop() {
        report.update { $0.isActive = false }
        gate.reset()
    }

    // MARK: - The encoder's reader

    package func wish(for picture: PictureStamp) -> PictureWish {
        guard report.status.isActive else {
            onPicture(picture, .off)
            return .none
        }
        switch gate.answer(at: picture.time) {
        case .wish(let wish): return wish
        case .pause(let reason):
            drop(picture, reason)
            return .none
        }
    }

    package func read(_ packet: EncodedPacket) { onPicture(packet.picture, session.withLock { $0.write(packet) }) }

    package func miss(_ picture: PictureStamp, because reason: MissReason) {
        switch reason {
        case .encoder(let error):
            gate.pause(because: error, at: picture.time, for: 0)
            drop(picture, .encoder)
        case .leftOut: drop(picture, .encoder)
        case .full, .untilKey:
            gate.noteSlowness()
            drop(picture, .disk)
        case .end: drop(picture, .end)
        }
    }

    package func end() { session.withLock { $0.end() } }

    private func drop(_ picture: PictureStamp, _ reason: DropReason) {
        report.update { $0.framesDropped[reason, default: 0] += 1 }
        onPicture(picture, .dropped(reason))
    }

    // MARK: - The end

    /// Ends. The packets that came are in the file when this returns, and it is made seekable in the background.
    package func close() {
        report.update { $0.isActive = false }
        session.withLock { $0.close() }
        gate.reset()
    }

    /// Ends. The packets that came are in the file, under whatever name, when this returns.
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
