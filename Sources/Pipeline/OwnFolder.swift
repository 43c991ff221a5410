import Glibc

/// Keeps what a file names in the file's own folder, where nobody vouches for the file: a card in a model, or beside one,
/// may come from anywhere, and what it names is shown to others.
package enum OwnFolder {
    /// Where a name leads that stands in a file.
    ///
    /// A folder counts as the file's own as it is spelled, and where the file lies itself, since download caches are made
    /// of links.
    ///
    /// - Returns: the path; also where there is nothing. Nil if it leads out of the folder, or to what is no
    ///   regular file.
    package static func path(_ name: String, besides file: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !name.hasPrefix("/"), !name.utf8.contains(0), !parts.contains("..") else { return nil }
        let folder = folder(of: file)
        return checked("\(folder)/\(name)", in: [folder] + folderOfItself(file))
    }

    /// A file that is looked for beside another one.
    ///
    /// - Parameter path: has no parts that somebody else wrote.
    /// - Returns: as `path(_:besides:)`.
    package static func file(_ path: String, belongingTo other: String) -> String? {
        checked(path, in: [folder(of: path)] + folderOfItself(other))
    }

    /// Whether a file may name another one by this path: one below its own folder, or one that is not there.
    package static func mayName(_ path: String, in file: String) -> Bool {
        checked(path, in: [folder(of: file)] + folderOfItself(file)) != nil
    }

    /// Whether a file lies below a folder, whatever links lead there.
    package static func contains(_ folder: String, _ path: String) -> Bool {
        guard let folder = real(folder), let path = real(path) else { return false }
        return path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    private static func checked(_ path: String, in folders: [String]) -> String? {
        var status = stat()
        // What is missing is told by whoever opens it.
        guard lstat(path, &status) == 0 else { return path }
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return folders.contains { contains($0, path) } ? path : nil
    }

    private static func folderOfItself(_ file: String) -> [String] { real(file).map { [folder(of: $0)] } ?? [] }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
