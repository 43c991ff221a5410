import Glibc

/// What recordings there are below their base folder. No link below it is followed.
struct RecordingSearch {
    /// A regular file whose name a recording can have.
    struct Found: Equatable {
        /// Below the base folder.
        let folders: [String]
        let name: String
        let path: String
        let bytes: Int
        /// Seconds since 1970.
        let modified: Int
        let hasOtherNames: Bool

        /// From the base folder on.
        var relativePath: String { (folders + [name]).joined(separator: "/") }
    }

    private(set) var finished: [Found] = []
    /// What an earlier run, or another one that still goes on, has left under hidden names.
    private(set) var leftovers: [Leftover] = []
    /// Links where a recording, or something hidden, or a folder could be.
    private(set) var links: [Link] = []

    struct Link: Equatable {
        let path: String
        /// Whether a complete recording could have its name.
        let isOfRecording: Bool
    }

    enum Leftover: Equatable {
        case recording(Found, target: String)
        /// A copy that was not completed; its recording is still there.
        case copy(Found)
    }

    init(_ names: RecordingNames) {
        guard let base = OpenFolder(names.base) else { return }
        search(base, [], names)
    }

    private mutating func search(_ folder: OpenFolder, _ folders: [String], _ names: RecordingNames) {
        let isLast = folders.count == names.folderDepth
        for name in folder.names {
            let kind = isLast ? names.kind(of: name) : names.matches(folder: name, at: folders.count) ? .finished : nil
            guard let kind, let status = folder.status(name) else { continue }
            let path = names.path(of: folders + [name])
            if status.isLink {
                links.append(Link(path: path, isOfRecording: isLast && kind.isFinished))
            } else if !isLast {
                if let inner = folder.folder(name) { search(inner, folders + [name], names) }
            } else if status.isRegular {
                let found = Found(
                    folders: folders, name: name, path: path, bytes: Int(status.st_size),
                    modified: status.st_mtim.tv_sec,
                    hasOtherNames: status.st_nlink > 1)
                switch kind {
                case .finished: finished.append(found)
                case .recording(let target):
                    leftovers.append(.recording(found, target: names.path(of: folders + [target])))
                case .copy: leftovers.append(.copy(found))
                }
            }
        }
    }
}

extension RecordingNames {
    enum Kind {
        case finished
        /// Being written, or left by a dead process.
        case recording(target: String)
        case copy

        var isFinished: Bool { if case .finished = self { true } else { false } }
    }

    /// What a file of this name can be; nil: nothing of ours.
    func kind(of name: String) -> Kind? {
        if let target = Self.targetName(ofTemporary: name, RecordingFile.ending), matches(fileName: target) {
            return .recording(target: target)
        }
        if let recording = Self.targetName(ofTemporary: name, RecordingFile.copyEnding),
            let target = Self.targetName(ofTemporary: recording, RecordingFile.ending), matches(fileName: target)
        {
            return .copy
        }
        return matches(fileName: name) ? .finished : nil
    }

    /// The path of names below `base`.
    func path(of names: [String]) -> String {
        let relative = names.joined(separator: "/")
        return base == "." ? relative : base.hasSuffix("/") ? base + relative : "\(base)/\(relative)"
    }

    /// What stands behind `base` in the path of a recording.
    func relativePath(of path: String) -> String {
        path.split(separator: "/").suffix(folderDepth + 1).joined(separator: "/")
    }
}
