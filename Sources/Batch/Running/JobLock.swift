import Foundation
import Synchronization

/// Makes a job one process's, over all machines that see the folder. It is a file that is created exclusively, which NFS does
/// rightly; locks of the file system are not used. Its owner changes it every few seconds; whoever finds it unchanged for as long
/// as a lease, by a clock of its own that cannot be set, may take it away. So a clock that jumps or is wrong decides nothing.
package final class JobLock: Sendable {
    /// Until somebody who has died is taken for dead, and how often an owner says that it lives.
    package static let lease = Duration.seconds(60)
    static let heartbeat = Duration.seconds(10)

    private let path: String
    private let descriptor: Int32
    private let owner: LockOwner
    private let beats = Atomic(0)

    private init(_ path: String, _ descriptor: Int32, _ owner: LockOwner) {
        (self.path, self.descriptor, self.owner) = (path, descriptor, owner)
    }

    deinit { close(descriptor) }

    /// - Returns: nil if there is one.
    /// - Throws: `JobFailure.machine` if none can be made there.
    package static func create(_ path: String, _ owner: LockOwner = LockOwner()) throws(JobFailure) -> JobLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            if errno == EEXIST { return nil }
            throw .machine("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let lock = JobLock(path, descriptor, owner)
        lock.beat()
        return lock
    }

    /// Says that the owner lives, to other machines, too.
    package func renew() {
        beat()
        _ = fsync(descriptor)
    }

    private func beat() {
        let line = owner.line(beat: beats.wrappingAdd(1, ordering: .relaxed).newValue)
        _ = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// Whether it has not been taken away, as from a process that was stopped for minutes.
    package var isHeld: Bool {
        var (own, named) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && stat(path, &named) == 0
            && (own.st_dev, own.st_ino) == (named.st_dev, named.st_ino)
    }

    package func release() {
        if isHeld { unlink(path) }
    }
}
