import CLinux
import Glibc

/// A recording under its hidden name, ".NAME.PID-N.rec" beside the target. It is locked while its process lives, and it
/// stays when this object or the process dies: what is in it plays.
final class RecordingFile: @unchecked Sendable {  // safe: the recorder uses it, then the finisher
    let path: String
    /// The name that it shall have. Another one follows if it is taken at the end.
    let target: String
    private(set) var descriptor: Int32

    /// Of the recording, and of the seekable copy that takes its place.
    static let ending = "rec"
    static let copyEnding = "remux"

    /// - Throws: `EncodeError` if the folder is missing or not writable.
    init(for target: String) throws(EncodeError) {
        let created = try TemporaryFile.create(for: target, ending: Self.ending)
        path = created.path
        descriptor = created.descriptor
        self.target = target
    }

    /// Takes over the recording of a process that is dead.
    ///
    /// - Returns: nil if its process lives, or somebody else has taken it over, or the disk knows no locks; also where it
    ///   is a link, or has a second name, since what is done to it would be done to something else.
    init?(orphan path: String, target: String) {
        let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegular, status.st_nlink == 1,
            TemporaryFile.lock(descriptor, path) == .ours
        else {
            close(descriptor)
            return nil
        }
        self.path = path
        self.target = target
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    var bytes: Int { status.map { Int($0.st_size) } ?? 0 }

    /// When it was written to last.
    var modified: timespec? { status?.st_mtim }

    /// Gives a copy the permissions that the recording has, and its owner where that can be.
    func lendPermissions(to copy: Int32) {
        guard let status else { return }
        _ = fchown(copy, status.st_uid, status.st_gid)
        _ = fchmod(copy, status.st_mode & 0o777)
    }

    /// Whether somebody has deleted it, or its folder.
    var isGone: Bool { status.map { $0.st_nlink == 0 } ?? true }

    /// Cuts off what could not be written whole.
    func truncate(to bytes: Int) { _ = ftruncate(descriptor, off_t(bytes)) }

    func flushToDisk() throws(EncodeError) {
        if fsync(descriptor) != 0, errno != EINVAL { throw .file(errno, target) }
    }

    func remove() { unlink(path) }

    /// A copy has taken the file's place.
    ///
    /// - Parameters:
    ///   - copy: its descriptor, which is locked; it is this object's now.
    ///   - modified: when the recording ended, which tells its age.
    func become(_ copy: Int32, modified: timespec?) {
        close(descriptor)
        descriptor = copy
        guard let modified else { return }
        let times = [modified, modified]
        _ = futimens(descriptor, times)
    }

    /// Gives the recording its final name, or the next one that is free.
    ///
    /// - Parameters:
    ///   - mayReplace: whether a file of that name goes.
    ///   - announce: is told each name before it is tried.
    /// - Returns: the name.
    func putInPlace(replacing mayReplace: Bool, _ announce: (String) -> Void = { _ in }) throws(EncodeError) -> String {
        if mayReplace {
            announce(target)
            let (target, old) = try OutputName.resolve(target, replacing: true)
            if let old {
                _ = fchown(descriptor, old.st_uid, old.st_gid)
                _ = fchmod(descriptor, old.st_mode & 0o777)
            }
            guard rename(path, target) == 0 else { throw .file(errno, target) }
            return target
        }
        let stem = target
        var number = 1
        while true {
            let name = RecordingNames.numbered(stem, number)
            announce(name)
            switch TemporaryFile.move(path, unlessExists: name) {
            case 0: return name
            case EEXIST: number += 1
            case let reason: throw .file(reason, name)
            }
        }
    }

    private var status: stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }
}
