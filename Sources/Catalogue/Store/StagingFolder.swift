import CLinux
import Foundation
import Glibc

/// `.NAME.part` in the store: where one model is put together, by one process at a time.
///
/// It becomes the folder NAME in one step when all of the model is in it. A model that is half there is kept, so that
/// its download can go on.
final class StagingFolder: Sendable {
    let path: String
    let name: String
    private let store: String
    private let lock: Int32

    private static let lockName = "lock"

    /// Makes or enters the folder; waits while another process is in it.
    ///
    /// - Parameter waiting: called before each further look while another process is in it; throws to give up.
    init(
        for name: String, in store: ModelStore, waiting: () throws(CatalogueError) -> Void = {}
    ) throws(CatalogueError) {
        self.name = name
        self.store = store.folder
        path = "\(store.folder)/.\(name).part"
        try store.create()
        while true {
            if mkdir(path, 0o777) != 0, errno != EEXIST { throw .file(errno, path) }
            let lockPath = "\(path)/\(Self.lockName)"
            let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                if errno == ENOENT { continue }  // put in place by another process just now
                throw .file(errno, lockPath)
            }
            let code = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
            if code == 0, Self.isSame(descriptor, lockPath) {
                lock = descriptor
                return
            }
            close(descriptor)
            if code == EWOULDBLOCK {
                try waiting()
                usleep(100_000)
            } else if code != 0, code != EINTR {
                throw .file(code, lockPath)
            }
        }
    }

    deinit { close(lock) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes what is in it.
    func clear() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name != Self.lockName {
            try? FileManager.default.removeItem(atPath: file(name))
        }
    }

    /// Removes it.
    func discard() {
        clear()
        unlink(file(Self.lockName))
        rmdir(path)  // fails where another process has entered it meanwhile, and then it is theirs
    }

    /// Gives it the model's name.
    ///
    /// - Throws: `.taken` if there is a model of this name and it is not to be replaced.
    func putInPlace(replacing mayReplace: Bool) throws(CatalogueError) {
        let target = "\(store)/\(name)"
        flush(path)
        var code: Int32 = shim_rename_unless_exists(path, target) == 0 ? 0 : errno
        if code == EINVAL {  // some file systems (NFS, FUSE) cannot refuse to replace, but no full folder is replaced
            code = rename(path, target) == 0 ? 0 : errno
        }
        if code == EEXIST || code == ENOTEMPTY {
            guard mayReplace else { throw .taken(name: name) }
            code = try replace(target)
        }
        guard code == 0 else { throw .file(code, target) }
        unlink("\(target)/\(Self.lockName)")
        flush(store)
    }

    /// Exchanges the folders in one step and removes the old one.
    private func replace(_ target: String) throws(CatalogueError) -> Int32 {
        if shim_rename_exchange(path, target) == 0 {
            try? FileManager.default.removeItem(atPath: path)
            return 0
        }
        guard errno == EINVAL else { return errno }
        // Where that cannot be done, the name stands for nothing between two steps, but never for half a model.
        let old = "\(store)/.\(name).old"
        try? FileManager.default.removeItem(atPath: old)
        guard rename(target, old) == 0, rename(path, target) == 0 else { return errno }
        try? FileManager.default.removeItem(atPath: old)
        return 0
    }

    /// Whether an open file is the one that a path leads to.
    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }

    /// Makes the names in a folder survive a crash, where the file system can.
    private func flush(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
