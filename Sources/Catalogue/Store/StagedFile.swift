import Foundation
import Glibc

/// A file that is being put together. What was written to it stays where a process ends, to go on from there.
final class StagedFile {
    let path: String
    /// Bytes that are in it.
    private(set) var size: Int
    private let descriptor: Int32

    /// Opens the file, or makes an empty one.
    init(_ path: String, mode: mode_t = 0o666) throws(CatalogueError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .file(errno, path) }
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit { close(descriptor) }

    /// Appends bytes, all of them.
    func append(_ bytes: UnsafeRawBufferPointer) throws(CatalogueError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = Glibc.write(descriptor, start, rest.count)
            if written >= 0 {
                size += written
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            } else if errno != EINTR {
                throw .file(errno, path, kept: size)
            }
        }
    }

    /// Forgets what is in it.
    func clear() throws(CatalogueError) {
        guard size > 0 else { return }
        guard ftruncate(descriptor, 0) == 0 else { throw .file(errno, path) }
        size = 0
    }

    /// Waits until the bytes are on the disk, so that a name never stands for half a file after a crash.
    func flushToDisk() throws(CatalogueError) {
        if fsync(descriptor) != 0, errno != EINVAL { throw .file(errno, path, kept: size) }
    }

    /// Makes a whole file of a text.
    static func write(_ text: String, to path: String, mode: mode_t = 0o666) throws(CatalogueError) {
        let file = try StagedFile(path, mode: mode)
        try file.clear()
        var text = text
        let failure = text.withUTF8 { bytes -> CatalogueError? in
            do throws(CatalogueError) {
                try file.append(UnsafeRawBufferPointer(bytes))
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        try file.flushToDisk()
    }
}

extension CatalogueError {
    /// What a failed call of the file system means for the file at `path`.
    static func file(_ code: Int32, _ path: String, kept: Int = 0) -> CatalogueError {
        switch code {
        case ENOSPC, EDQUOT: .diskFull(path: path, kept: kept)
        default: .cannotWrite(path: path, reason: reason(code))
        }
    }
}
