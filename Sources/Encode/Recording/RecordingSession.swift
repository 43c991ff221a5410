import CFFmpeg
import Pipeline

/// The recorder's work on its current file: begins and ends it, and pauses when the disk fails.
struct RecordingSession: @unchecked Sendable {  // safe: the recorder uses it under a lock
    private let config: EncodeConfig
    private let plan: OutputPlan
    private let names: RecordingNames
    private let folder: RecordingFolder
    private let metadata: OutputMetadata
    private let room: DiskRoom
    private let report: RecordingReport
    private let finisher: Finisher
    private let syncThread: StageThread

    private var current: LiveFile?
    /// Only the first file may replace one that is there.
    private var mayReplace: Bool
    /// Time of the last picture, and since when and until when there is no trying, all in microseconds.
    private var lastTime: Int64?
    private var pause: (since: Int64, until: Int64, reason: Recorder.DropReason)?
    private var wasPaused = false
    private var fragmentsChecked = 0
    private var lastRemoval: Int64 = 0

    /// Between two tries to write to a disk that fails.
    private static let retryInterval: Int64 = 10_000_000
    private static let removalInterval: Int64 = 60_000_000

    init(
        _ config: EncodeConfig, _ plan: OutputPlan, names: RecordingNames, folder: RecordingFolder,
        metadata: OutputMetadata, room: DiskRoom, report: RecordingReport, finisher: Finisher,
        mayReplace: Bool
    ) throws(LackOfResources) {
        syncThread = try StageThread("sync")
        self.config = config
        self.plan = plan
        self.names = names
        self.folder = folder
        self.metadata = metadata
        self.room = room
        self.report = report
        self.finisher = finisher
        self.mayReplace = mayReplace
    }

    mutating func write(_ frame: consuming Frame, _ format: VideoFormat) -> Recorder.Outcome {
        guard report.status.isActive else {
            pauseIfOff()
            return .off
        }
        let time = av_rescale_q(frame.pts, frame.timeBase, AVRational(num: 1, den: 1_000_000))
        if let current, ends(current, before: time, format) { endFile() }
        lastTime = time
        if current == nil, let reason = begin(at: time, wall: frame.captured?.wall ?? LinuxClock().wallTime, format) {
            return drop(reason)
        }
        guard let file = current else { return drop(.disk) }
        do {
            try file.write(frame, at: time)
        } catch {
            endFile(losingTo: error.dropReason)
            // What worked until now may do so in another file.
            let isHopeless = fragmentsChecked == 0
            pause(because: error, at: time, for: isHopeless ? Self.retryInterval : 0)
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

    /// Completes the current file if nobody wants it to go on.
    mutating func pauseIfOff() {
        guard !report.status.isActive else { return }
        endFile()
        pause = nil
        wasPaused = false
        report.update { $0.problem = nil }
    }

    // MARK: - Files

    private func ends(_ file: LiveFile, before time: Int64, _ format: VideoFormat) -> Bool {
        if !file.takes(format) { return true }
        // A source that begins anew.
        if let lastTime, time < lastTime - 1_000_000 { return true }
        guard let segment = config.segment else { return false }
        return time - file.start >= Int64(segment.seconds) * 1_000_000
    }

    /// - Returns: why pictures are dropped; nil: the file has begun.
    private mutating func begin(at time: Int64, wall: Int64, _ format: VideoFormat) -> Recorder.DropReason? {
        if let pause, pause.since <= time, time < pause.until { return pause.reason }
        do throws(EncodeError) {
            let path = names.path(at: wall)
            try folder.prepare(for: path)
            if let problem = room.allowsBeginning(in: path.folder) { throw problem }
            let target = mayReplace ? try OutputName.resolve(path, replacing: true).path : names.free(for: path)
            let file = try LiveFile(
                config, plan, format, target: target, metadata: metadata, start: time, wall: wall,
                syncThread: syncThread)
            current = file
            fragmentsChecked = 0
            report.tell(wasPaused ? .resumed(file: target) : .began(file: target))
            for note in file.notes { report.tell(.note(note)) }
        } catch {
            pause(because: error, at: time, for: Self.retryInterval)
            return error.dropReason
        }
        pause = nil
        wasPaused = false
        report.update { [target = current?.file.target] status in
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
        let lost = isWhole ? 0 : file.framesWritten - file.packetsFlushed
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
            pause(because: problem, at: time, for: 0)
        } else if let problem = room.allowsMore(than: file.bytes, wantsCopy: wantsCopy, in: file.file.path.folder) {
            endFile()
            pause(because: problem, at: time, for: Self.retryInterval)
        }
        if config.maxBytes != nil, abs(time - lastRemoval) >= Self.removalInterval {
            lastRemoval = time
            finisher.startRemovingOld()
        }
    }

    private mutating func pause(because problem: EncodeError, at time: Int64, for interval: Int64) {
        let problem = problem.ofRecording
        pause = (since: time, until: time + interval, reason: problem.dropReason)
        let text = "recording pauses: \(problem)"
        // Once, not at each try; how much room is left changes all the time.
        if !wasPaused { report.tell(.paused(problem)) }
        wasPaused = true
        report.update { $0.problem = text }
    }

    private func drop(_ reason: Recorder.DropReason) -> Recorder.Outcome {
        report.update { $0.framesDropped[reason, default: 0] += 1 }
        return .dropped(reason)
    }
}

extension EncodeError {
    fileprivate var dropReason: Recorder.DropReason {
        switch self {
        case .encoderRefused, .encodingFailed, .containerRefused, .settingsRefused, .unknownOption, .optionValue:
            .encoder
        default: .disk
        }
    }

    /// The same, in words for what goes on, and keeps what it has.
    fileprivate var ofRecording: EncodeError {
        if case .diskFull(let path) = self { .noRoom(folder: path.folder, left: nil) } else { self }
    }
}
