import Glibc
import Pipeline

/// What a file is: its size and when it was changed, which are asked for often, and its content, which is read seldom.
package struct InputStamp: Codable, Sendable, Equatable {
    package var size: Int
    /// Microseconds since 1970.
    package var modified: Int
    /// SHA-256 (as `sha256sum` prints it); nil: not read.
    package var sha256: String?

    package init(size: Int, modified: Int, sha256: String? = nil) {
        (self.size, self.modified, self.sha256) = (size, modified, sha256)
    }

    /// - Returns: nil if there is no such file.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        size = Int(status.st_size)
        // A file may say that it is of any time.
        let seconds = max(-(1 << 42), min(1 << 42, Int(status.st_mtim.tv_sec)))
        modified = seconds * 1_000_000 + Int(status.st_mtim.tv_nsec) / 1000
    }

    /// Whether the file still is this one: its content is read only where its time alone has changed.
    package func stands(for path: String) -> Bool {
        guard let now = InputStamp(path: path), now.size == size else { return false }
        if now.modified == modified { return true }
        guard let sha256, let content = try? Self.checksum(path) else { return false }
        return content == sha256
    }

    /// SHA-256 of a file's content, in hexadecimal digits.
    ///
    /// - Throws: `BatchError.cannotRead`.
    package static func checksum(_ path: String) throws(BatchError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
        defer { close(file) }
        posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL)
        var checksum = Checksum()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count == 0 { return checksum.hexDigits() }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
