import CFFmpeg
import Pipeline

/// The recorder's work on its current file: begins and ends it, and pauses when the disk fails.
struct RecordingSession: @unchecked Sendable {  // safe: the recorder uses it under a lock
    private let config: EncodeConfig
    private let container: UnsafePointer<AVOutputFormat>
    private let names: RecordingNames
    private let folder: RecordingFolder
    private let metadata: OutputMetadata
    private let room: DiskRoom
    private let report: RecordingReport
    private let gate: RecordingGate
    private let finisher: Finisher
    private let syncThread: StageThread

    private var current: LiveFile?
    /// Only the first file may replace one that is there.
    private var mayReplace: Bool
    private var fragmentsChecked = 0
    private var lastRemoval: Int64 = 0
    private var isClosed = false

    /// Between two tries to write to a disk that fails.
    private static let retryInterval: Int64 = 10_000_000
    private static let removalInterval: Int64 = 60_000_000

    init(
        _ config: EncodeConfig, _ container: UnsafePointer<AVOutputFormat>, names: RecordingNames,
        folder: RecordingFolder, metadata: OutputMetadata, room: DiskRoom, report: RecordingReport,
        gate: RecordingGate, finisher: Finisher, mayReplace: Bool
    ) throws(LackOfResources) {
        syncThread = try StageThread("sync")
        self.config = config
        self.container = container
        self.names = names
        self.folder = folder
        self.metadata = metadata
        self.room = room
        self.report = report
        self.gate = gate
        self.finisher = finisher
        self.mayReplace = mayReplace
    }

    mutating func write(_ packet: EncodedPacket) -> Recorder.Outcome {
        guard !isClosed else { return .off }
        let time = packet.picture.time
        if let current, ends(current, before: packet) { endFile() }
        if current == nil {
            // A file that ended out of turn: the next one begins with the next key frame.
            guard packet.isKey else { return drop(gate.reason ?? .disk) }
            if let reason = begin(with: packet) { return drop(reason) }
        }
        guard let file = current else { return drop(.disk) }
        do {
            try file.write(packet)
        } catch {
            endFile(losingTo: error.dropReason)
            // What worked until now may do so in another file.
            let isHopeless = fragmentsChecked == 0
            gate.pause(because: error, at: time, for: isHopeless ? Self.retryInterval : 0)
            return drop(error.dropReason)
        }
        report.update { status in
            status.framesWritten += 1
            status.seconds = file.seconds
            status.bytes = file.bytes
        }
        if file.fragments != fragmentsChecked { check(file, at: time) }
        return .written
    }

    /// Completes the current file.
    mutating func end() { endFile() }

    /// Completes the current file; no other follows.
    mutating func close() {
        endFile()
        isClosed = true
    }

    // MARK: - Files

    private func ends(_ file: LiveFile, before packet: EncodedPacket) -> Bool {
        if !file.takes(packet) { return true }
        guard packet.isKey, let segment = config.segment else { return false }
        return packet.picture.time - file.start >= Int64(segment.seconds) * 1_000_000
    }

    /// - Returns: why pictures are dropped; nil: the file has begun.
    private mutating func begin(with packet: EncodedPacket) -> Recorder.DropReason? {
        let file: LiveFile
        do throws(EncodeError) {
            let path = names.path(at: packet.picture.wall)
            try folder.prepare(for: path)
            if let problem = room.allowsBeginning(in: path.folder) { throw problem }
            let target = mayReplace ? try OutputName.resolve(path, replacing: true).path : names.free(for: path)
            file = try LiveFile(
                container, target: target, metadata: metadata, first: packet, syncThread: syncThread)
        } catch {
            gate.pause(because: error, at: packet.picture.time, for: Self.retryInterval)
            return error.dropReason
        }
        current = file
        fragmentsChecked = 0
        let wasPaused = gate.noteBeginning(at: file.start)
        report.tell(wasPaused ? .resumed(file: file.file.target) : .began(file: file.file.target))
        for note in packet.format.notes { report.tell(.note(note)) }
        report.update { [target = file.file.target] status in
            status.file = target
            status.problem = nil
        }
        return nil
    }

    /// - Parameter reason: why pictures are lost, if any are.
    private mutating func endFile(losingTo reason: Recorder.DropReason = .disk) {
        guard let file = current else { return }
        current = nil
        fragmentsChecked = file.fragments
        let isWhole = file.close()
        // Those of the fragment that could not be written.
        let lost = isWhole ? 0 : file.packetsTaken - file.packetsFlushed
        report.update { status in
            status.file = nil
            status.seconds = 0
            status.bytes = 0
            status.framesWritten -= lost
            if lost > 0 { status.framesDropped[reason, default: 0] += lost }
        }
        guard file.packetsFlushed > 0, !file.file.isGone else { return file.file.remove() }
        finisher.finish(
            Finisher.Job(
                file: file.file, container: file.container, isWhole: isWhole, packets: file.packetsFlushed,
                seconds: file.seconds, mayReplace: mayReplace, isOrphan: false))
        mayReplace = false
    }

    // MARK: - Trouble

    /// Once a fragment.
    private mutating func check(_ file: LiveFile, at time: Int64) {
        fragmentsChecked = file.fragments
        let wantsCopy = file.container.wantsCopy(isWhole: true)
        if let problem = file.trouble() {
            endFile()
            gate.pause(because: problem, at: time, for: 0)
        } else if let problem = room.allowsMore(than: file.bytes, wantsCopy: wantsCopy, in: file.file.path.folder) {
            endFile()
            gate.pause(because: problem, at: time, for: Self.retryInterval)
        }
        if config.maxBytes != nil, abs(time - lastRemoval) >= Self.removalInterval {
            lastRemoval = time
            finisher.startRemovingOld()
        }
    }

    private func drop(_ reason: Recorder.DropReason) -> Recorder.Outcome {
        report.update { $0.framesDropped[reason, default: 0] += 1 }
        return .dropped(reason)
    }
}

extension EncodeError {
    /// Whose fault it is that pictures are not recorded.
    var dropReason: Recorder.DropReason {
        switch self {
        case .encoderRefused, .encodingFailed, .containerRefused, .settingsRefused, .unknownOption, .optionValue:
            .encoder
        default: .disk
        }
    }
}
