import Foundation
import Glibc

/// What the engine keeps of one graph that it compiled: a folder in the cache, which is locked while the graph is in use,
/// and whose time tells when it was used last.
final class CompiledCache: Sendable {
    let path: String
    private let descriptor: Int32

    /// Bytes that all compiled graphs may take, but for those in use: a few dozen of usual classifiers.
    static let capacity = 1 << 30
    private static let folderName = "engine"

    /// Enters a graph's folder. Makes room first, where it is a new one.
    ///
    /// - Parameter key: letters and digits.
    /// - Returns: nil where that is not possible.
    init?(_ key: String, in cache: URL, capacity: Int = CompiledCache.capacity) {
        let folder = cache.appending(path: Self.folderName).path
        path = "\(folder)/\(key)"
        mkdir(folder, 0o700)
        for _ in 0..<10 {
            if mkdir(path, 0o700) == 0 {
                Self.makeRoom(cache, folder, capacity, for: key)
            } else if errno != EEXIST {
                return nil
            }
            let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else {
                if errno == ENOENT { continue }
                return nil
            }
            // Another process may be deleting it just now.
            if flock(descriptor, LOCK_SH | LOCK_NB) == 0, Self.isThere(descriptor, path) {
                _ = futimens(descriptor, nil)
                self.descriptor = descriptor
                return
            }
            close(descriptor)
            usleep(10_000)
        }
        return nil
    }

    deinit { close(descriptor) }

    /// Calls the engine with the folder, in which nobody else compiles the graph meanwhile: the engine would read what
    /// another is just writing, take it for damaged and delete it under the other's hands.
    ///
    /// - Returns: nil, without a call, if another is compiling it just now.
    func whileNobodyCompiles<Value, Failure: Error>(_ body: (String) throws(Failure) -> Value) throws(Failure) -> Value?
    {
        let lock = Glibc.open("\(path)/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard lock >= 0 else { return nil }
        defer { close(lock) }
        // What is complete may be read by several.
        let isThere = Self.names(path).contains { $0.hasSuffix(".blob") }
        guard flock(lock, (isThere ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else { return nil }
        return try body(path)
    }

    /// Deletes graphs that were not used for longest, but none that is in use, until the rest is small enough; and what
    /// older versions left, which is not read any more.
    private static func makeRoom(_ cache: URL, _ folder: String, _ capacity: Int, for new: String) {
        for name in names(cache.path) where name.hasSuffix(".blob") && name.dropLast(5).allSatisfy(\.isNumber) {
            unlink("\(cache.path)/\(name)")
        }
        var entries = names(folder).compactMap { name -> (path: String, used: timespec, bytes: Int)? in
            let path = "\(folder)/\(name)"
            var status = stat()
            guard name != new, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
            return (path, status.st_mtim, names(path).reduce(0) { $0 + size("\(path)/\($1)") })
        }
        entries.sort { ($0.used.tv_sec, $0.used.tv_nsec) < ($1.used.tv_sec, $1.used.tv_nsec) }
        var total = entries.reduce(0) { $0 + $1.bytes }
        for entry in entries where total > capacity {
            if remove(entry.path) { total -= entry.bytes }
        }
    }

    private static func remove(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        for name in names(path) { unlinkat(descriptor, name, 0) }
        return rmdir(path) == 0
    }

    private static func names(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func isThere(_ descriptor: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
            && (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino)
    }
}
