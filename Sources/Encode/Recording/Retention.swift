import CLinux
import Foundation
import Glibc

/// Deletes the oldest recordings: those that are too old, and those that are too many bytes together.
struct Retention: Sendable {
    let names: RecordingNames
    let keep: TimeSpan?
    let maxBytes: DataSize?

    private struct Recording {
        let path: String
        let bytes: Int
        let modified: Int
    }

    /// - Parameter now: seconds since 1970.
    /// - Returns: what was deleted.
    func callAsFunction(now: Int = Int(WallClock.now / 1_000_000)) -> [(path: String, bytes: Int)] {
        guard keep != nil || maxBytes != nil else { return [] }
        let existing = names.existing()
        var recordings = existing.finished.compactMap(Self.recording)
        recordings.sort { ($0.modified, $0.path) < ($1.modified, $1.path) }
        // What is being written counts, and is never deleted.
        let unfinished = existing.leftovers.compactMap { leftover in
            if case .recording(let path, _) = leftover { Self.recording(path)?.bytes } else { nil }
        }
        var total = (recordings.map(\.bytes) + unfinished).reduce(0, +)
        var removed: [(path: String, bytes: Int)] = []
        for recording in recordings {
            let isTooOld = keep.map { recording.modified < now - $0.seconds } ?? false
            let areTooMany = maxBytes.map { total > $0.bytes } ?? false
            guard isTooOld || areTooMany, unlink(recording.path) == 0 else { continue }
            total -= recording.bytes
            removed.append((recording.path, recording.bytes))
            names.removeEmptyFolders(above: recording.path)
        }
        return removed
    }

    /// Nil for folders, links and devices, which are not ours.
    private static func recording(_ path: String) -> Recording? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Recording(path: path, bytes: Int(status.st_size), modified: status.st_mtim.tv_sec)
    }
}
