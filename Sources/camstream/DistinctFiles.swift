import Capture
import Encode
import Foundation
import Pipeline

/// The one check that no file that a run reads is one that it writes, and that it writes no two into one, however their
/// names are spelled. With `--force` one would be replaced by the other.
enum DistinctFiles {
    /// A file by its path, in words for people, and for what is written the setting or option that names it.
    typealias Read = (path: String?, words: String)
    typealias Written = (path: String?, words: String, key: String)

    /// - Throws: `ConfigError` of the first file that is to be written and is another one, too.
    static func check(read: [Read], written: [Written]) throws(ConfigError) {
        var known: [(name: Name, words: String)] = []
        for file in read {
            guard let path = file.path, let name = Name(path) else { continue }
            known.append((name, file.words))
        }
        var patterns: [(path: String, words: String)] = []
        for file in written {
            guard let path = file.path, !path.isEmpty else { continue }
            // Their folders are made when they are needed.
            if path.contains("%") {
                if let other = patterns.first(where: { recordingsCollide($0.path, path) }) {
                    throw .outOfRange(key: file.key, value: path, allowed: "other files than \(other.words)")
                }
                patterns.append((path, file.words))
            }
            guard let name = Name(path) else { continue }
            if let other = known.first(where: { $0.name.collides(with: name) }) {
                throw .outOfRange(key: file.key, value: path, allowed: "another file than \(other.words)")
            }
            known.append((name, file.words))
        }
    }

    /// What a path stands for: a file, or numbered ones.
    private struct Name {
        let identity: FileIdentity
        let folder: FileIdentity?
        /// nil: it is one file.
        let numbers: NumberPattern?
        /// The files that are there, or the one that is not yet.
        let files: [String]

        /// - Returns: nil for what is no file.
        init?(_ input: String) {
            let path = input.hasPrefix("file:") ? String(input.dropFirst(5)) : input
            guard !path.isEmpty, let identity = FileIdentity(path) else { return nil }
            self.identity = identity
            let url = URL(filePath: path)
            let folder = url.deletingLastPathComponent().relativePath
            self.folder = FileIdentity(folder)
            numbers = identity.isThere ? nil : NumberPattern(url.lastPathComponent)
            guard let numbers else {
                files = [url.lastPathComponent]
                return
            }
            let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            files = all.filter { numbers.number(of: $0) != nil }
        }

        func collides(with other: Name) -> Bool {
            if identity == other.identity { return true }
            guard let folder, folder == other.folder else { return false }
            // Numbers that are written begin with 1, and nobody knows yet where they end.
            func writes(_ numbers: NumberPattern?, _ files: [String]) -> Bool {
                guard let numbers else { return false }
                return files.contains { numbers.number(of: $0).map { $0 >= 1 } ?? false }
            }
            return writes(numbers, other.files) || writes(other.numbers, files)
        }
    }
}
