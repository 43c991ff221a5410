import Glibc

/// Where the work on a job leaves its traces until it is done: in a hidden folder below the plan's, on the same file system, so
/// that a result moves to its name in one step.
package struct JobPlaces: Sendable {
    /// Of hidden things, below the plan's folder.
    package static let hidden = ".camstream"

    private let root: String
    private let id: String

    /// - Parameter folder: the plan's.
    package init(_ folder: String, _ id: String) {
        root = "\(folder)/\(Self.hidden)"
        self.id = id
    }

    /// Whose job it is just now.
    package var lock: String { "\(root)/\(id).lock" }
    /// Is there while results move to their names.
    package var placing: String { "\(root)/\(id).placing" }

    /// For one attempt.
    func work(_ attempt: String) -> String { "\(root)/\(id).\(attempt).work" }

    /// The hidden folder.
    func make() throws(JobFailure) { try makeFolder(root) }

    /// Removes what attempts that were given up have left. To be called by whoever holds the lock, or has taken it from the dead.
    func removeOldWork() {
        var old: [String] = []
        _ = forEachEntry(in: root) { name, _ in
            if name.hasPrefix("\(id)."), [".work", ".stale"].contains(where: name.hasSuffix) {
                old.append("\(root)/\(name)")
            }
        }
        for path in old { removeTree(path) }
        unlink(placing)
    }
}

/// Makes a folder and those above it, unless they are there.
func makeFolder(_ path: String, _ mode: mode_t = 0o777) throws(JobFailure) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
        throw .machine("cannot make the folder \(path): \(String(cString: strerror(errno)))")
    }
    try makeFolder(String(path[..<slash]), mode)
    if mkdir(path, mode) != 0, errno != EEXIST {
        throw .machine("cannot make the folder \(path): \(String(cString: strerror(errno)))")
    }
}

/// Removes a folder of files.
func removeTree(_ path: String) {
    var names: [String] = []
    _ = forEachEntry(in: path) { name, _ in names.append(name) }
    for name in names {
        let inner = "\(path)/\(name)"
        if unlink(inner) != 0, errno == EISDIR || errno == EPERM { removeTree(inner) }
    }
    if rmdir(path) != 0 { unlink(path) }
}
