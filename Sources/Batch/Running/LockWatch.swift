import Foundation

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
