import CLinux
import Glibc

/// The folders that recordings go to.
struct RecordingFolder: Sendable {
    private let names: RecordingNames
    /// Of the folder that must be there, when the program began.
    private let wasMounted: Bool

    /// - Throws: `EncodeError` if recordings could not be written.
    init(_ names: RecordingNames) throws(EncodeError) {
        self.names = names
        // Only now: later it may be missing because a disk is.
        if names.hasConversions { try Self.make(names.base) }
        wasMounted = Self.isMountPoint(names.base)
        do {
            // Made and removed again.
            _ = try TemporaryFile(for: names.base + "/" + names.pattern.fileName, replacing: true)
        } catch .diskFull {
            // There may be room when the first picture comes.
        }
    }

    /// Makes the folders for a recording.
    func prepare(for path: String) throws(EncodeError) {
        if wasMounted, !Self.isMountPoint(names.base) { throw .notMounted(folder: names.base) }
        var status = stat()
        guard stat(names.base, &status) == 0 else { throw .folderMissing(folder: names.base) }
        try Self.make(path.folder)
    }

    private static func make(_ folder: String) throws(EncodeError) {
        var status = stat()
        if stat(folder, &status) == 0 { return }
        if folder.folder != "." { try make(folder.folder) }
        if mkdir(folder, 0o777) != 0, errno != EEXIST {
            let code = errno
            throw code == ENOSPC || code == EDQUOT
                ? .diskFull(path: folder)
                : .folderNotWritable(folder: folder, reason: String(cString: strerror(code)))
        }
        flushFolderToDisk(folder.folder)
    }

    /// Whether another disk begins at this folder.
    private static func isMountPoint(_ folder: String) -> Bool {
        var (inside, above) = (stat(), stat())
        guard stat(folder, &inside) == 0, stat(folder + "/..", &above) == 0 else { return false }
        return inside.st_dev != above.st_dev
    }
}
