import Pipeline

/// The one check that no file that a run reads is one that it writes, and that it writes no two into one, however their
/// names are spelled. With `--force` one would be replaced by the other.
enum DistinctFiles {
    /// A file by its path, in words for people, and for what is written the setting or option that names it.
    typealias Read = (path: String?, words: String)
    typealias Written = (path: String?, words: String, key: String)

    /// - Throws: `ConfigError` of the first file that is to be written and is another one, too.
    static func check(read: [Read], written: [Written]) throws(ConfigError) {
        var known: [(identity: FileIdentity, words: String)] = []
        for file in read {
            guard let path = file.path, !path.isEmpty, let identity = FileIdentity(path) else { continue }
            known.append((identity, file.words))
        }
        for file in written {
            guard let path = file.path, !path.isEmpty, let identity = FileIdentity(path) else { continue }
            if let other = known.first(where: { $0.identity == identity }) {
                throw .outOfRange(key: file.key, value: path, allowed: "another file than \(other.words)")
            }
            known.append((identity, file.words))
        }
    }
}
