import Dispatch
import Glibc
import Pipeline
import Synchronization

/// Completes recordings, one after the other, on a thread of its own that lets all others go first.
final class Finisher: Sendable {
    /// A recording that is written to no more.
    struct Job: Sendable {
        let file: RecordingFile
        let container: LiveContainer
        /// Whether what belongs behind the last packet was written.
        let isWhole: Bool
        /// How many packets it must have; nil: as many as there are.
        let packets: Int?
        let seconds: Double
        let mayReplace: Bool
        let isOrphan: Bool
    }

    private let report: RecordingReport
    private let retention: Retention
    private let room: DiskRoom
    private let thread: StageThread
    /// 0: none; 1: orphans wait for the next start; 2: all does.
    private let haste = Atomic<Int>(0)

    init(_ report: RecordingReport, _ retention: Retention, _ room: DiskRoom) throws(LackOfResources) {
        thread = try StageThread("remux", niceness: 10)
        self.report = report
        self.retention = retention
        self.room = room
    }

    /// Does something after what was given before.
    func run(_ work: @escaping @Sendable () -> Void) { thread.run(work) }

    func finish(_ job: Job) {
        report.update { $0.filesWaiting += 1 }
        thread.run { [self] in
            complete(job)
            report.update { $0.filesWaiting -= 1 }
            removeOld()
        }
    }

    /// Completes what dead processes have left.
    func repair() {
        thread.run { [self] in
            let search = RecordingSearch(retention.names)
            retention.tell(search.links.filter { !$0.isOfRecording })
            let besideLinked = retention.names.ofLinkTarget.map { RecordingSearch($0).leftovers } ?? []
            for leftover in search.leftovers + besideLinked {
                guard haste.load(ordering: .relaxed) == 0 else { return }
                switch leftover {
                case .recording(let found, _) where found.hasOtherNames:
                    report.tell(.notCompleted(path: found.path, problem: "it has a second name (a hard link)"))
                case .recording(let found, let target): repair(found.path, target)
                case .copy(let found): RecordingFile(orphan: found.path, target: found.path)?.remove()
                }
            }
            removeOld()
        }
    }

    func startRemovingOld() { thread.run { [self] in removeOld() } }

    /// Waits until all is complete.
    ///
    /// - Parameter limit: what is not complete by then stays as it is; nil: as long as it takes.
    func finishAll(within limit: Duration?) {
        if limit != nil { haste.store(1, ordering: .relaxed) }
        let isDone = DispatchSemaphore(value: 0)
        thread.run { isDone.signal() }
        guard let limit else { return isDone.wait() }
        let nanoseconds = max(0, min(limit / .nanoseconds(1), 1e18))
        if isDone.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .timedOut {
            haste.store(2, ordering: .relaxed)
        }
    }

    // MARK: - On the thread

    private func repair(_ path: String, _ target: String) {
        guard let file = RecordingFile(orphan: path, target: target) else { return }
        do {
            let container = try LiveContainer(try OutputPlan.container(target), path: target)
            if container == .fragments { file.removeTornIndex() }
            complete(
                Job(
                    file: file, container: container, isWhole: false, packets: nil, seconds: 0, mayReplace: false,
                    isOrphan: true))
        } catch {
            report.tell(.notCompleted(path: path, problem: "\(error)"))
        }
    }

    private func complete(_ job: Job) {
        do throws(EncodeError) {
            guard job.file.bytes > 0 else { return job.file.remove() }
            var problem: String?
            var seconds = job.seconds
            if job.container.wantsCopy(isWhole: job.isWhole) {
                do throws(SeekableCopy.Failure) {
                    seconds = try copy(job)
                } catch {
                    switch error {
                    case .stopped:
                        return report.tell(.left(path: job.file.path))
                    case .empty:
                        return job.file.remove()
                    case .unreadable(let reason) where job.isOrphan:
                        return report.tell(.notCompleted(path: job.file.path, problem: reason))
                    case .unreadable(let reason): problem = reason
                    case .cannotWrite(let reason): problem = "\(reason)"
                    }
                }
            }
            try job.file.flushToDisk()
            let bytes = job.file.bytes
            let modified = job.file.modified?.tv_sec ?? 0
            // Listed first: a file that a crash left without its line would never be deleted.
            let name = try job.file.putInPlace(replacing: job.mayReplace) { name in
                retention.note(name, bytes: bytes, modified: modified)
            }
            flushFolderToDisk(name.folder)
            report.update { $0.filesFinished += 1 }
            if let problem { report.tell(.keptInFragments(file: name, problem: problem)) }
            report.tell(
                job.isOrphan
                    ? .repaired(file: name, seconds: seconds, bytes: bytes)
                    : .finished(file: name, seconds: seconds, bytes: bytes))
        } catch {
            report.tell(.notCompleted(path: job.file.path, problem: "\(error)"))
        }
    }

    /// Puts a seekable copy in the recording's place, under its hidden name.
    ///
    /// - Returns: how long the recording is, in seconds.
    private func copy(_ job: Job) throws(SeekableCopy.Failure) -> Double {
        let folder = job.file.path.folder
        guard room.allowsCopy(of: job.file.bytes, in: folder) else {
            throw .cannotWrite(.noRoom(folder: folder, left: DiskRoom.left(in: folder).map { DataSize(bytes: $0) }))
        }
        if shouldStop(job) { throw .stopped }
        let modified = job.file.modified
        var copy = try orFailure { () throws(EncodeError) in
            try TemporaryFile(for: job.file.path, replacing: true, ending: RecordingFile.copyEnding)
        }
        job.file.lendPermissions(to: copy.openDescriptor)
        let packed = try SeekableCopy(of: job.file.path, to: copy.path, target: job.file.target)
        let (packets, seconds) = try packed { shouldStop(job) }
        if let wanted = job.packets, packets < wanted {
            throw .unreadable(problem: "only \(packets) of \(wanted) frames could be read")
        }
        try orFailure { () throws(EncodeError) in
            try copy.flushToDisk()
            try copy.putInPlace()
        }
        job.file.become(copy.takeDescriptor(), modified: modified)
        return seconds
    }

    private func orFailure<Value: ~Copyable>(
        _ work: () throws(EncodeError) -> Value
    ) throws(SeekableCopy.Failure) -> Value {
        do { return try work() } catch { throw .cannotWrite(error) }
    }

    private func shouldStop(_ job: Job) -> Bool { haste.load(ordering: .relaxed) > (job.isOrphan ? 0 : 1) }

    private func removeOld() { retention() }
}
