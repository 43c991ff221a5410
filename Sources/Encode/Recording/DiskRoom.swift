import Glibc

/// How much of a disk recordings leave free, so that they can be completed when it is full.
struct DiskRoom: Sendable {
    /// Bytes that always stay free, and that must be free before a new file is begun.
    var least = 16 << 20
    var toBegin = 64 << 20
    /// A recording is copied to become seekable; so much is kept free for it at most.
    var mostForCopy = 240 << 20

    /// Bytes that other programs of this user may still have on the disk of a folder; nil: nobody knows.
    static func left(in folder: String) -> Int? {
        var disk = statvfs()
        // Some file systems in user space tell zeros.
        guard statvfs(folder, &disk) == 0, disk.f_blocks > 0 else { return nil }
        return Int(disk.f_bavail) * Int(disk.f_frsize)
    }

    /// Whether a recording of so many bytes may grow.
    func allowsMore(than bytes: Int, wantsCopy: Bool, in folder: String) -> EncodeError? {
        guard let left = Self.left(in: folder), left < least + (wantsCopy ? min(bytes, mostForCopy) : 0) else {
            return nil
        }
        return .noRoom(folder: folder, left: DataSize(bytes: left))
    }

    /// Whether a new recording may begin.
    func allowsBeginning(in folder: String) -> EncodeError? {
        guard let left = Self.left(in: folder), left < toBegin else { return nil }
        return .noRoom(folder: folder, left: DataSize(bytes: left))
    }

    /// Whether there is room for a copy of so many bytes.
    func allowsCopy(of bytes: Int, in folder: String) -> Bool {
        Self.left(in: folder).map { $0 >= bytes + least / 2 } ?? true
    }
}
