import Glibc
import Pipeline

/// Finds the recordings that a user means: files, folders with all that is below them, patterns, addresses. They are handed
/// on as they are found, so their number does not matter.
package struct InputList {
    /// One recording.
    package struct Found: Sendable, Equatable {
        /// An absolute path, or an address.
        package var path: String
        /// The folders between what was named and the file, such as "north/2026-05-01"; empty: none.
        package var parent: String
        /// nil: an address.
        package var stamp: InputStamp?
    }

    /// Of files in folders that count as recordings, in lower case.
    private let endings: Set<String>
    /// The folder of results, whose content is left out where it lies below an input: they are no recordings.
    private let results: stat?
    /// Is told of what is passed over, and why.
    private let onSkip: (String) -> Void
    /// Whether the names of named folders are part of `parent`, because there are several.
    private let namesFolders: Bool

    package static let videoEndings = [
        "3g2", "3gp", "asf", "avi", "divx", "dv", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts",
        "mxf", "ogv", "ts", "vob", "webm", "wmv",
    ]

    /// - Parameters:
    ///   - endings: of files in folders that count; what is named by itself counts in any case.
    ///   - results: a folder that is left out where it lies below an input.
    ///   - inputs: all that will be asked for.
    ///   - onSkip: is told of what is passed over, and why.
    package init(
        endings: [String] = Self.videoEndings, without results: String? = nil, for inputs: [String],
        onSkip: @escaping (String) -> Void = { _ in }
    ) {
        self.onSkip = onSkip
        var status = stat()
        self.results = results.flatMap { stat($0, &status) == 0 ? status : nil }
        self.endings = Set(endings.map { $0.drop { $0 == "." }.lowercased() })
        namesFolders = inputs.count { Self.isFolder($0) } > 1
    }

    /// Calls `visit` with what an input stands for, sorted by name within each folder.
    ///
    /// - Returns: how many that is.
    /// - Throws: `BatchError` where there is nothing of that name, or a folder cannot be read; and what `visit` throws.
    @discardableResult
    package func find(_ input: String, _ visit: (Found) throws -> Void) throws -> Int {
        try find(input, namesFolder: namesFolders, visit)
    }

    private func find(_ input: String, namesFolder: Bool, _ visit: (Found) throws -> Void) throws -> Int {
        if input.lowercased().hasPrefix("file:") {
            let path = input.dropFirst(5)
            return try find(String(path.hasPrefix("//") ? path.dropFirst(2) : path), namesFolder: namesFolder, visit)
        }
        if input.contains("://") {
            try visit(Found(path: input, parent: "", stamp: nil))
            return 1
        }
        var status = stat()
        if stat(input, &status) == 0 {
            guard status.isFolder else {
                guard status.isRegular else { throw BatchError.noSuchInput(input) }
                guard access(input + Receipt.ending, F_OK) != 0 else {
                    onSkip("\(input) is the result of a batch, and is left out")
                    return 0
                }
                let path = Self.absolute(input)
                try visit(Found(path: path, parent: Self.parent(ofNamed: input), stamp: InputStamp(status)))
                return 1
            }
            let root = Self.absolute(input)
            let name = pathParts(root).last ?? ""
            return try walk(root, namesFolder ? name : "", isNamed: true, visit)
        }
        let matches = Self.matches(of: input)
        guard !matches.isEmpty else { throw BatchError.noSuchInput(input) }
        // Of what a pattern matches, its folders are looked into, too.
        let namesFolder = namesFolder || matches.count { Self.isFolder($0) } > 1
        return try matches.reduce(0) { try $0 + find($1, namesFolder: namesFolder, visit) }
    }

    private func walk(
        _ folder: String, _ parent: String, isNamed: Bool = false, _ visit: (Found) throws -> Void
    ) throws -> Int {
        if !isNamed, let results {
            var status = stat()
            if stat(folder, &status) == 0, (status.st_dev, status.st_ino) == (results.st_dev, results.st_ino) {
                return 0
            }
        }
        var (files, folders, receipts): ([String], [String], Set<String>) = ([], [], [])
        try Self.list(folder) { name, kind in
            // Hidden ones are nobody's recordings: half-made results, trash, previews.
            guard !name.hasPrefix(".") else { return }
            switch kind {
            case .folder: folders.append(name)
            case .file where name.hasSuffix(Receipt.ending): receipts.insert(name)
            case .file where endings.contains(Self.ending(name)): files.append(name)
            case .file: break
            case .linkedFolder: onSkip("\(folder)/\(name) is a link to a folder, and is left out; name it to have it")
            }
        }
        var count = 0
        for name in files.sorted() {
            let path = "\(folder)/\(name)"
            if receipts.contains(name + Receipt.ending) { continue }
            guard let stamp = InputStamp(path: path) else {
                onSkip("\(path) cannot be found by its name, and is left out; its name is no UTF-8")
                continue
            }
            try visit(Found(path: path, parent: parent, stamp: stamp))
            count += 1
        }
        for name in folders.sorted() {
            count += try walk("\(folder)/\(name)", parent.isEmpty ? name : "\(parent)/\(name)", visit)
        }
        return count
    }

    private enum Kind { case file, folder, linkedFolder }

    /// Links are followed to files, and not to folders, which could lead back.
    private static func list(_ folder: String, _ visit: (String, Kind) -> Void) throws(BatchError) {
        let fault = forEachEntry(in: folder) { name, kind in
            switch kind {
            case Int(DT_DIR): visit(name, .folder)
            case Int(DT_REG): visit(name, .file)
            default:
                // Some file systems do not say; links do not say what they lead to.
                var status = stat()
                guard lstat("\(folder)/\(name)", &status) == 0 else { return }
                if status.isFolder {
                    visit(name, .folder)
                } else if stat("\(folder)/\(name)", &status) == 0 {
                    if status.isFolder { visit(name, .linkedFolder) } else if status.isRegular { visit(name, .file) }
                }
            }
        }
        if fault != 0 { throw .cannotList(folder: folder, reason: String(cString: strerror(fault))) }
    }

    private static func matches(of pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_BRACE | GLOB_TILDE, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.isFolder
    }

    private static func ending(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    /// Of "north/clip.mp4" it is "north": what a shell makes of "*/*.mp4" keeps its folders.
    private static func parent(ofNamed path: String) -> String {
        let parts = pathParts(path).dropLast().filter { $0 != "." }
        return path.utf8.first == UInt8(ascii: "/") || parts.contains("..") ? "" : parts.joined(separator: "/")
    }

    /// - Returns: the path from the root, links in it as they are.
    package static func absolute(_ path: String) -> String {
        var whole = path.utf8.first == UInt8(ascii: "/") ? path : "\(currentFolder)/\(path)"
        // What is above a link is not what stands before it.
        let named = pathParts(whole)
        if named.contains(".."), let last = named.last, last != "..",
            let above = realpath("/" + named.dropLast().joined(separator: "/"), nil)
        {
            whole = "\(String(cString: above))/\(last)"
            free(above)
        }
        var parts: [String] = []
        for part in pathParts(whole) where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else if part != ".." { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
}
