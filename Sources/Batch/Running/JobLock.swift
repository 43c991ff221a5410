import Foundation
import Pipeline
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

/// Who has a lock: written into it.
package struct LockOwner: Codable, Sendable, Equatable {
    var host: String
    /// Tells the numbers of processes from those of other starts of the machine, and of other containers.
    var space: String
    var process: Int32
    /// Clock ticks from the machine's start to the process's: a number may be another process's later.
    var started: String
    /// Of this lock alone.
    var nonce: UInt64

    package init() {
        host = Machine.this.host
        (space, process) = (Self.thisSpace, getpid())
        started = Self.start(of: getpid()) ?? ""
        nonce = UInt64.random(in: 0...UInt64(1 << 52))
    }

    /// Of the same length for all beats.
    fileprivate func line(beat: Int) -> [UInt8] {
        var line = JSONLine()
        line.object { line in
            line.key("host") { $0.string(host) }
            line.key("space") { $0.string(space) }
            line.key("process") { $0.number(Int(process)) }
            line.key("started") { $0.string(started) }
            line.key("nonce") { $0.number(Int(nonce)) }
            line.key("beat") { $0.string(String(format: "%012d", beat)) }
        }
        line.end()
        return line.bytes
    }

    /// Whether it was a process of this machine that is no more.
    var isDead: Bool {
        guard space == Self.thisSpace, !space.isEmpty else { return false }
        // It is there, and another user's.
        if kill(process, 0) != 0 { return errno == ESRCH }
        // Where it cannot be asked, its number says that it lives.
        return Self.start(of: process).map { $0 != started } ?? Self.isZombie(process)
    }

    private static let thisSpace: String = {
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        var bytes = [CChar](repeating: 0, count: 256)
        guard !boot.isEmpty, readlink("/proc/self/ns/pid", &bytes, 255) > 0 else { return "" }
        let space = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(boot.trimmingCharacters(in: .whitespacesAndNewlines)) \(space)"
    }()

    /// nil: there is no such process.
    private static func start(of process: Int32) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // Field 22; the third is the first one behind the name, which may hold anything.
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 && fields[0] != "Z" ? String(fields[19]) : nil
    }

    private static func isZombie(_ process: Int32) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return text[(text.lastIndex(of: ")") ?? text.startIndex)...].hasPrefix(") Z")
    }
}

/// What is known of others' locks: whose they are, and since when nothing has changed in them. For one thread at a time.
package final class LockWatch {
    private struct Seen {
        var content: Data
        var since: ContinuousClock.Instant
    }

    private var seen: [String: Seen] = [:]
    private let lease: Duration
    private let now: () -> ContinuousClock.Instant

    /// - Parameter now: a clock that goes on evenly.
    package init(lease: Duration = JobLock.lease, now: @escaping () -> ContinuousClock.Instant = { .now }) {
        (self.lease, self.now) = (lease, now)
    }

    /// Takes a lock away whose owner is dead, or has not moved for a lease.
    ///
    /// - Returns: whether it is gone.
    package func clear(_ path: String) -> Bool {
        guard let content = Self.content(path) else {
            seen[path] = nil
            return true
        }
        let owner = try? JSONDecoder().decode(LockOwner.self, from: content)
        let known = seen[path]
        let isStale =
            owner?.isDead == true
            || known.map { $0.content == content && now() - $0.since >= lease } ?? false
        guard isStale else {
            if known?.content != content { seen[path] = Seen(content: content, since: now()) }
            return false
        }
        guard Self.take(path, content) else { return false }
        seen[path] = nil
        return true
    }

    /// Whether a lock is that of a process of this machine that is no more.
    static func isOfTheDead(_ path: String) -> Bool {
        let content = FileManager.default.contents(atPath: path) ?? Data()
        return (try? JSONDecoder().decode(LockOwner.self, from: content))?.isDead == true
    }

    /// What a lock says; of one that may not be read, what the file system says of it. nil: there is none.
    private static func content(_ path: String) -> Data? {
        if let content = FileManager.default.contents(atPath: path) { return content }
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Data("\(status.st_ino) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)".utf8)
    }

    /// In one step; where somebody else was faster, and it is a living one's, it goes back.
    private static func take(_ path: String, _ content: Data) -> Bool {
        let aside = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).stale"
        guard rename(path, aside) == 0 else { return errno == ENOENT }
        defer { unlink(aside) }
        if Self.content(aside) == content { return true }
        return link(aside, path) != 0 && errno != EEXIST
    }
}
