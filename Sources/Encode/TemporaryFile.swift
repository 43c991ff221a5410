import CLinux
import Glibc
import Pipeline
import Synchronization

/// A file that bears its final name only when it is complete. Until then it has a hidden name in the same folder, and
/// it is removed when this value dies.
struct TemporaryFile: ~Copyable {
    /// Where it is written, such as "folder/.out.mp4.4711-0.part".
    let path: String
    /// Where it will be, such as "folder/out.mp4"; where a link was named, what it leads to (`OutputName`).
    let target: String
    private let mayReplace: Bool
    private var descriptor: Int32
    private var isInPlace: Bool
    private let unfinished: Unfinished
    /// Among what is unfinished.
    private let ticket: Int

    private static let counter = Atomic<Int>(0)

    /// A file that it replaces lends it permissions and owner.
    ///
    /// - Parameter ending: of the temporary name.
    /// - Throws: `EncodeError` if the folder is missing or not writable, or the target is not to be replaced.
    init(
        for name: String, replacing mayReplace: Bool, ending: String = "part", unfinished: Unfinished = .ofProcess
    ) throws(EncodeError) {
        let (target, old) = try OutputName.resolve(name, replacing: mayReplace)
        let created = try Self.create(for: target, ending: ending)
        path = created.path
        descriptor = created.descriptor
        self.target = target
        self.mayReplace = mayReplace
        self.unfinished = unfinished
        ticket = unfinished.add { [path = created.path] in unlink(path) }
        isInPlace = false
        if let old {
            _ = fchown(descriptor, old.st_uid, old.st_gid)
            _ = fchmod(descriptor, old.st_mode & 0o777)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isInPlace { unlink(path) }
        unfinished.settle(ticket)
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

    /// Appends a text, all of it.
    func write(_ text: String) throws(EncodeError) {
        var text = text
        let failure = text.withUTF8 { bytes -> EncodeError? in
            do throws(EncodeError) {
                try write(UnsafeRawBufferPointer(bytes))
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Writes bytes, all of them, at a place of their own.
    func write(_ bytes: [UInt8], at offset: Int) throws(EncodeError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, offset + done)
            }
            if written >= 0 {
                done += written
            } else if errno != EINTR {
                throw .file(errno, target)
            }
        }
    }

    /// Ends the file there.
    func cut(at size: Int) throws(EncodeError) {
        if ftruncate(descriptor, size) != 0 { throw .file(errno, target) }
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
        let (path, target) = (path, target)
        if mayReplace {
            // What came there meanwhile is no file that could be replaced.
            var status = stat()
            if lstat(target, &status) == 0, !status.isRegular {
                isInPlace = true
                throw .cannotWrite(
                    path: target,
                    reason: "it is a link, folder or device now; the complete result is \(path), rename it")
            }
            let reason = unfinished.settle(ticket) { rename(path, target) == 0 ? 0 : errno }
            guard reason == 0 else { throw .file(reason, target) }
        } else {
            let reason = unfinished.settle(ticket) { Self.move(path, unlessExists: target) }
            if reason == EEXIST {
                isInPlace = true
                throw .cameIntoBeing(path: target, keptAs: path)
            }
            if reason != 0 { throw .file(reason, target) }
        }
        isInPlace = true
    }

    /// The open file, which stays this value's.
    var openDescriptor: Int32 { descriptor }

    /// The open file for somebody else to close, its lock included.
    mutating func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    /// Leaves the file under its temporary name.
    ///
    /// - Returns: that name.
    mutating func keep() -> String {
        isInPlace = true
        unfinished.settle(ticket)
        return path
    }

    /// Gives up: the file is gone. Does nothing to a file that is in place.
    mutating func remove() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if !isInPlace { unlink(path) }
        isInPlace = true
    }

    /// Gives a file another name, unless there is one of that name.
    ///
    /// - Returns: 0, EEXIST, or what else is wrong.
    static func move(_ path: String, unlessExists target: String) -> Int32 {
        if shim_rename_unless_exists(path, target) == 0 { return 0 }
        guard errno == EINVAL else { return errno }
        // Some file systems (NFS, FUSE) know no rename that refuses to replace.
        var status = stat()
        return lstat(target, &status) == 0 ? EEXIST : rename(path, target) == 0 ? 0 : errno
    }

    /// Makes a file with a hidden name in the target's folder, and locks it for as long as it is open, so that other
    /// processes know that it is somebody's.
    static func create(
        for target: String, ending: String
    ) throws(EncodeError) -> (path: String, descriptor: Int32) {
        // Room for the additions within the 255 bytes of a file name.
        let name = String(decoding: target.fileName.utf8.prefix(200), as: UTF8.self)
        while true {
            let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
            let path = "\(target.folder)/.\(name).\(getpid())-\(number).\(ending)"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                // Some file systems know no locks; there, nobody takes a file for an orphan.
                if lock(descriptor, path) != .others { return (path, descriptor) }
                close(descriptor)
            } else if errno != EEXIST {
                throw openingFailed(errno, target)
            }
            // A killed process of the same number may have left one, or somebody took it for an orphan just now.
        }
    }

    enum LockOwner { case ours, others, unknown }

    /// Tries to lock an open file, and looks whether it still is the one of that name.
    static func lock(_ descriptor: Int32, _ path: String) -> LockOwner {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return errno == EWOULDBLOCK ? .others : .unknown }
        var (opened, named) = (stat(), stat())
        guard fstat(descriptor, &opened) == 0, lstat(path, &named) == 0 else { return .others }
        return (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino) ? .ours : .others
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
