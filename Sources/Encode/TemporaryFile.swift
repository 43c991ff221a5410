import CLinux
import Glibc
import Synchronization

/// A file that bears its final name only when it is complete. Until then it has a hidden name in the same folder, and
/// it is removed when this value dies.
struct TemporaryFile: ~Copyable {
    /// Where it is written, such as "folder/.out.mp4.4711-0.part".
    let path: String
    /// Where it will be, such as "folder/out.mp4".
    let target: String
    private let mayReplace: Bool
    private var descriptor: Int32
    private var isInPlace: Bool

    private static let counter = Atomic<Int>(0)

    /// - Throws: `EncodeError` if the folder is missing or not writable, or the target is not to be replaced.
    init(for target: String, replacing mayReplace: Bool) throws(EncodeError) {
        try Self.checkTarget(target, replacing: mayReplace)
        let created = try Self.create(for: target)
        path = created.path
        descriptor = created.descriptor
        self.target = target
        self.mayReplace = mayReplace
        isInPlace = false
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isInPlace { unlink(path) }
    }

    /// Appends bytes, all of them.
    func write(_ bytes: UnsafeRawBufferPointer) throws(EncodeError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = Glibc.write(descriptor, start, rest.count)
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            } else if errno != EINTR {
                throw .file(errno, target)
            }
        }
    }

    /// Waits until the bytes are on the disk, so that the final name never stands for an empty file after a crash.
    func flushToDisk() throws(EncodeError) {
        if fsync(descriptor) != 0, errno != EINVAL { throw .file(errno, target) }
    }

    /// Gives the complete file its final name, in one step.
    ///
    /// - Throws: `EncodeError.cameIntoBeing` if the target has come into being and is not to be replaced; the file is
    ///   kept under its temporary name, since it may be the work of hours.
    mutating func putInPlace() throws(EncodeError) {
        if mayReplace {
            guard rename(path, target) == 0 else { throw .file(errno, target) }
        } else if shim_rename_unless_exists(path, target) != 0 {
            var reason = errno
            // Some file systems (NFS, FUSE) know no rename that refuses to replace.
            if reason == EINVAL {
                var status = stat()
                reason = lstat(target, &status) == 0 ? EEXIST : rename(path, target) == 0 ? 0 : errno
            }
            if reason == EEXIST {
                isInPlace = true
                throw .cameIntoBeing(path: target, keptAs: path)
            }
            if reason != 0 { throw .file(reason, target) }
        }
        isInPlace = true
    }

    /// Gives up: the file is gone. Does nothing to a file that is in place.
    mutating func remove() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if !isInPlace { unlink(path) }
        isInPlace = true
    }

    private static func create(for target: String) throws(EncodeError) -> (path: String, descriptor: Int32) {
        // Room for the additions within the 255 bytes of a file name.
        let name = String(decoding: target.fileName.utf8.prefix(200), as: UTF8.self)
        while true {
            let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
            let path = "\(target.folder)/.\(name).\(getpid())-\(number).part"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (path, descriptor) }
            // A killed process of the same number may have left one.
            if errno != EEXIST { throw openingFailed(errno, target) }
        }
    }

    private static func checkTarget(_ target: String, replacing mayReplace: Bool) throws(EncodeError) {
        var status = stat()
        guard lstat(target, &status) == 0 else { return }
        // A symbolic link is replaced, unless it leads to a folder or device.
        let isLinkToNothing = stat(target, &status) != 0
        guard isLinkToNothing || status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: target) }
        guard mayReplace else { throw .exists(path: target) }
    }

    private static func openingFailed(_ code: Int32, _ target: String) -> EncodeError {
        var status = stat()
        switch code {
        case ENOTDIR: return .notAFolder(folder: target.folder)
        case ENOENT where stat(target.folder, &status) != 0: return .folderMissing(folder: target.folder)
        case ENOENT, EACCES, EPERM, EROFS:
            return .folderNotWritable(folder: target.folder, reason: String(cString: strerror(code)))
        default: return .file(code, target)
        }
    }
}

extension EncodeError {
    /// What a failed call of the file system means for the file at `path`.
    static func file(_ code: Int32, _ path: String) -> EncodeError {
        switch code {
        case ENOSPC, EDQUOT: .diskFull(path: path)
        default: .cannotWrite(path: path, reason: String(cString: strerror(code)))
        }
    }
}

/// Makes all that was written to the file system of a folder, names included, survive a crash.
func flushFolderToDisk(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    // Not all file systems can; the files are complete in any case.
    _ = fsync(descriptor)
    close(descriptor)
}

extension String {
    /// The folder that the file of this path is in.
    var folder: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// The last part of a path.
    var fileName: String {
        lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
    }

    /// What follows the last dot of a file name, in lower case; empty if there is none.
    var fileExtension: String {
        let name = fileName
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
