import Foundation
import Glibc

/// The list of complete recordings, `.camstream-recordings` in their base folder: which files the program itself wrote,
/// in the order in which it did. Only what is in it, and is as it was written, is ever deleted.
///
/// A line is a file's bytes, its last change in seconds since 1970, and its name from the folder on; a question mark
/// behind the time says that the clock was in doubt. Several processes may share it: they lock it, and append.
package struct RecordingList: Sendable {
    let path: String

    static let name = ".camstream-recordings"
    /// A larger file is not ours: 500,000 recordings.
    private static let mostBytes = 64 << 20
    private static let head = """
        # Recordings that camstream wrote; --keep and --max-bytes delete no others.
        # Bytes, last change in seconds since 1970, name.

        """

    package struct Entry: Equatable {
        package var relativePath: String
        package var bytes: Int
        /// Seconds since 1970.
        package var modified: Int
        /// Whether the clock was right then, as far as could be known.
        package var isTimeSure: Bool

        package var line: String { "\(bytes) \(modified)\(isTimeSure ? "" : "?") \(relativePath)\n" }
    }

    init(of names: RecordingNames) { path = names.path(of: [Self.name]) }

    /// Adds a file, which may get its name only then.
    ///
    /// - Throws: `EncodeError` if it cannot be written.
    func add(_ entry: Entry) throws(EncodeError) {
        let file = try open()
        defer { file.close() }
        if file.isEmpty { try file.append(Self.head) }
        try file.append(entry.line)
    }

    /// - Returns: what was written, the first first; of one name the last line counts. Empty where there is no list.
    /// - Throws: `EncodeError` if there is one that cannot be read.
    func entries() throws(EncodeError) -> [Entry] {
        let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw errno == ELOOP ? .notARegularFile(path: path) : .cannotRead(path: path, errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegular, status.st_size <= Self.mostBytes else {
            throw .notARegularFile(path: path)
        }
        let data: Data
        do {
            data = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
        } catch {
            throw .cannotRead(path: path, EIO)
        }
        return Self.entries(String(decoding: data, as: UTF8.self))
    }

    /// Writes the list anew without the lines of files that are gone. The last lines stay, since a process may be about to
    /// give their files the names.
    func keepOnly(_ isThere: (Entry) -> Bool) throws(EncodeError) {
        let file = try open()
        defer { file.close() }
        // Without the lock another process's line could be lost.
        guard file.isLocked else { return }
        var new = try TemporaryFile(for: path, replacing: true)
        let entries = try entries()
        let kept = entries.dropLast(Self.latest).filter(isThere) + entries.suffix(Self.latest)
        try new.write(Self.head + kept.map(\.line).joined())
        try new.flushToDisk()
        try new.putInPlace()
    }

    package static func entries(_ text: String) -> [Entry] {
        var entries: [Entry] = []
        var places: [String: Int] = [:]
        // By scalars: to a Character a line end, or a space, may be one with what stands beside it.
        for line in text.unicodeScalars.split(separator: "\n") where line.first != "#" {
            let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
            guard fields.count == 3, let bytes = Int(fields[0]), bytes >= 0 else { continue }
            let isTimeSure = fields[1].last != "?"
            guard let modified = Int(isTimeSure ? fields[1][...] : fields[1].dropLast()) else { continue }
            let entry = Entry(
                relativePath: fields[2], bytes: bytes, modified: modified, isTimeSure: isTimeSure)
            if let place = places[entry.relativePath] { entries[place].bytes = -1 }
            places[entry.relativePath] = entries.count
            entries.append(entry)
        }
        return entries.filter { $0.bytes >= 0 }
    }

    // MARK: - The file

    /// Open to append, and locked where the disk knows locks.
    private struct Opened {
        let descriptor: Int32
        let path: String
        let isLocked: Bool

        var isEmpty: Bool {
            var status = stat()
            return fstat(descriptor, &status) == 0 && status.st_size == 0
        }

        /// In one piece, so that lines of several processes do not mix where there are no locks.
        func append(_ text: String) throws(EncodeError) {
            let bytes = Array(text.utf8)
            guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw .file(errno, path) }
            if fdatasync(descriptor) != 0, errno != EINVAL { throw .file(errno, path) }
        }

        func close() { Glibc.close(descriptor) }
    }

    private func open() throws(EncodeError) -> Opened {
        for attempt in 0... {
            let descriptor = Glibc.open(
                path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw errno == ELOOP ? .notARegularFile(path: path) : .file(errno, path) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.isRegular else {
                close(descriptor)
                throw .notARegularFile(path: path)
            }
            switch TemporaryFile.lock(descriptor, path) {
            case .ours: return Opened(descriptor: descriptor, path: path, isLocked: true)
            case .unknown: return Opened(descriptor: descriptor, path: path, isLocked: false)
            case .others:
                // Others hold it for a moment, or have written it anew just now. A frozen process holds up nobody.
                if attempt >= Self.mostWaits { return Opened(descriptor: descriptor, path: path, isLocked: false) }
                close(descriptor)
                usleep(Self.wait)
            }
        }
        throw .cannotRead(path: path, EDEADLK)
    }

    private static let latest = 20
    private static let mostWaits = 100
    /// Microseconds.
    private static let wait: UInt32 = 10_000
}

extension EncodeError {
    fileprivate static func cannotRead(path: String, _ code: Int32) -> EncodeError {
        .cannotWrite(path: path, reason: String(cString: strerror(code)))
    }
}
