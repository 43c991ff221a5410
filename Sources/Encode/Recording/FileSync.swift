import Glibc
import Pipeline
import Synchronization

/// Brings what was written to a file to the disk, so that it survives a power cut, without anybody waiting for the disk:
/// on a thread of its own, and never more than one time after the other.
final class FileSync: Sendable {
    private let descriptor: Int32
    private let thread: StageThread
    private let isWaiting = Atomic<Bool>(false)
    private let failure = Atomic<Int32>(0)

    /// - Parameter path: of a file that was just made.
    init(_ path: String, on thread: StageThread) {
        // One of its own, since the file may be closed before the disk is done.
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.thread = thread
        thread.run { flushFolderToDisk(path.folder) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func request() {
        guard descriptor >= 0, !isWaiting.exchange(true, ordering: .acquiringAndReleasing) else { return }
        thread.run { [self] in
            isWaiting.store(false, ordering: .releasing)
            if fdatasync(descriptor) != 0, errno != EINVAL { failure.store(errno, ordering: .relaxed) }
        }
    }

    /// The code of what failed since the last call. The kernel tells it once.
    func takeFailure() -> Int32? {
        let code = failure.exchange(0, ordering: .relaxed)
        return code == 0 ? nil : code
    }
}
