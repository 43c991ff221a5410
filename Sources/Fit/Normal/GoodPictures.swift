import Foundation
import Glibc
import Pipeline

extension DataList {
    /// What models call the only class that they learn.
    static let good = "good"

    /// Pictures and clips of good parts.
    ///
    /// - Parameter paths: folders in which they lie, or files.
    /// - Throws: `FitError`.
    package init(ofGoodParts paths: [String]) throws(FitError) {
        var all = DataList(classes: [Self.good], entries: [])
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw .noGoodThere(path: path, reason: String(cString: strerror(errno)))
            }
            // Where there are several, names alone would not tell them apart.
            let prefix = paths.count > 1 ? path + "/" : ""
            if status.st_mode & S_IFMT == S_IFDIR {
                let list = try DataFolder(path).flat(class: Self.good)
                all.entries += list.entries.map { Entry(path: $0.path, name: prefix + $0.name, label: 0) }
                all.skipped += list.skipped.map { SkippedFile(name: prefix + $0.name, reason: $0.reason) }
            } else {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                all.entries.append(Entry(path: path, name: paths.count > 1 ? path : name, label: 0))
            }
        }
        self = all
        leaveOutCopies()
    }

    /// A copy would be held out while the other is learnt, and seem to be like nothing else: thresholds would be far too low.
    private mutating func leaveOutCopies() {
        var seen: [String: String] = [:]
        var kept: [Entry] = []
        for entry in entries {
            // What cannot be read is told where it is decoded.
            if let digits = (try? Data(contentsOf: URL(filePath: entry.path), options: .alwaysMapped)).map(Self.digits)
            {
                if let first = seen[digits] {
                    skipped.append(SkippedFile(name: entry.name, reason: "it is a copy of \(first)"))
                    continue
                }
                seen[digits] = entry.name
            }
            kept.append(entry)
        }
        entries = kept
    }

    private static func digits(_ bytes: Data) -> String {
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.hexDigits()
    }
}
