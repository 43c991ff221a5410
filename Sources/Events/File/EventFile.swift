import Glibc

/// A JSON Lines file that is appended to and begun anew at a size: FILE.1 is the one before it, FILE.2 the one before that.
/// For one thread.
final class EventFile {
    private let path: String
    private let limit: Int
    private let oldFiles: Int
    private var descriptor: CInt
    private var size: Int

    /// - Throws: `EventsError` if it cannot be appended to.
    init(path: String, limit: Int, oldFiles: Int) throws(EventsError) {
        (self.path, self.limit, self.oldFiles) = (path, limit, oldFiles)
        (descriptor, size) = try Self.open(path)
        // A line that a power cut left unfinished must not swallow the next one.
        if size > 0, !Self.endsWithNewline(path) { try write("\n") }
    }

    deinit { close(descriptor) }

    /// Appends a line, and begins a new file before it where there is no room.
    func append(_ line: String) throws(EventsError) {
        if size > 0, size + line.utf8.count + 1 > limit { try rotate() }
        try write(line + "\n")
    }

    private func write(_ text: String) throws(EventsError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
            size += count
        }
    }

    private func rotate() throws(EventsError) {
        if oldFiles == 0 {
            guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure(path) }
        }
        for number in stride(from: oldFiles, to: 0, by: -1) {
            let older = number == 1 ? path : "\(path).\(number - 1)"
            guard rename(older, "\(path).\(number)") == 0 || errno == ENOENT else { throw Self.failure(path) }
        }
        let new = try Self.open(path)
        close(descriptor)
        (descriptor, size) = new
    }

    /// No link is followed, and a pipe that nobody reads is no file.
    private static func open(_ path: String) throws(EventsError) -> (CInt, Int) {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else { throw failure(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .cannotWrite(path: path, reason: "it is no regular file")
        }
        return (descriptor, Int(status.st_size))
    }

    private static func endsWithNewline(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var last: UInt8 = 0
        return lseek(descriptor, -1, SEEK_END) < 0 || read(descriptor, &last, 1) != 1 || last == UInt8(ascii: "\n")
    }

    private static func failure(_ path: String) -> EventsError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
