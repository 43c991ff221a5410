import Glibc

/// A folder that is open. A name in it leads to what is in it and nowhere else: no link is followed.
final class OpenFolder {
    private let descriptor: Int32

    /// - Parameter path: may lead over links, since a user has named it.
    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    private init?(_ name: String, in parent: OpenFolder) {
        descriptor = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// - Returns: nil for a link, for what is no folder, and where it cannot be read.
    func folder(_ name: String) -> OpenFolder? { OpenFolder(name, in: self) }

    /// A folder below this one, each name after the other.
    func folder(_ names: some Sequence<String>) -> OpenFolder? {
        var folder: OpenFolder? = self
        for name in names { folder = folder?.folder(name) }
        return folder
    }

    /// What is in it, sorted; empty where it cannot be read.
    var names: [String] {
        // A descriptor of its own, since `closedir` closes it.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            if copy >= 0 { close(copy) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Of the name itself: a link's own, not of what it leads to.
    func status(_ name: String) -> stat? {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Deletes a file, or a link itself.
    func removeFile(_ name: String) -> Bool { unlinkat(descriptor, name, 0) == 0 }

    /// Deletes a folder that is empty.
    func removeFolder(_ name: String) -> Bool { unlinkat(descriptor, name, AT_REMOVEDIR) == 0 }
}

extension stat {
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
