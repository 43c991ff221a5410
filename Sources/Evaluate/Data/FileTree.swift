import Foundation
import Glibc

/// The files below a folder, whatever leads to them; what is hidden is left out. A file that is named stands for the folder that it
/// lies in.
struct FileTree {
    /// As it was named.
    let path: String
    /// The folder.
    let root: String
    /// Names from the root on, sorted by their bytes.
    let files: [String]
    let pictures: [String]
    /// The file that was named; nil: a folder was.
    let named: String?

    private static let mostFolders = 16
    private static let endings: Set = ["jpg", "jpeg", "jpe", "png", "webp", "bmp", "tif", "tiff", "ppm", "pgm"]

    /// - Throws: `DataError.cannotRead`.
    init(_ path: String) throws(DataError) {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        if isFolder {
            (root, named) = (path, nil)
            files = try Self.files(below: path)
        } else {
            // Lists may lie in a folder beside that of the pictures.
            let url = URL(filePath: path)
            let (folder, above) = (
                url.deletingLastPathComponent(), url.deletingLastPathComponent().deletingLastPathComponent()
            )
            let own = try Self.files(below: folder.relativePath)
            let isBeside = !own.contains(where: Self.isPicture) && folder.lastPathComponent == "annotations"
            root = isBeside ? above.relativePath : folder.relativePath
            named = (isBeside ? "\(folder.lastPathComponent)/" : "") + url.lastPathComponent
            files = isBeside ? try Self.files(below: root) : own
        }
        pictures = files.filter(Self.isPicture)
        var byStem: [String: [String]] = [:]
        for picture in pictures where !Self.isOfMasks(picture) {
            byStem[Self.stem(picture), default: []].append(picture)
        }
        self.byStem = byStem
    }

    private static let videoEndings: Set = ["mp4", "mkv", "mov", "webm", "avi", "m4v", "ts"]

    var videos: [String] { files.filter { Self.videoEndings.contains(Self.ending($0)) } }

    /// nil: there is none.
    func boxFile(ofVideo video: String) -> String? {
        let name = String(video.dropLast(Self.ending(video).count)) + "json"
        return files.contains(name) ? name : nil
    }

    private static func isPicture(_ file: String) -> Bool { endings.contains(ending(file)) }

    private static func files(below root: String) throws(DataError) -> [String] {
        var files: [String] = []
        try add("", root, [], to: &files)
        return files
    }

    private static func add(
        _ folder: String, _ root: String, _ above: [UInt64], to files: inout [String]
    ) throws(DataError) {
        let full = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: full) else {
            throw .cannotRead(path: full, reason: "the folder cannot be read")
        }
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
            let below = folder.isEmpty ? name : "\(folder)/\(name)"
            var status = stat()
            guard stat("\(root)/\(below)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFREG {
                files.append(below)
            } else if status.st_mode & S_IFMT == S_IFDIR, above.count < mostFolders,
                !above.contains(UInt64(status.st_ino))
            {
                try add(below, root, above + [UInt64(status.st_ino)], to: &files)
            }
        }
    }

    func full(_ name: String) -> String { "\(root)/\(name)" }

    // MARK: What is where

    private let byStem: [String: [String]]

    /// The picture of something that is called so: beside it, else the only one, or the first.
    ///
    /// - Parameter name: with or without ending and folders.
    func picture(of name: String, near folder: String = "") -> String? {
        let found = byStem[Self.stem(name)] ?? []
        let exact = found.first { $0 == name || $0.hasSuffix("/" + name) }
        return found.first { Self.parent($0) == folder } ?? exact ?? found.first
    }

    func pictures(called name: String) -> [String] { byStem[Self.stem(name)] ?? [] }

    /// The files in a folder of this name, wherever it lies.
    func folder(_ name: String) -> [String]? {
        let inside = files.filter { $0.hasPrefix("\(name)/") || $0.contains("/\(name)/") }
        return inside.isEmpty ? nil : inside
    }

    /// The only table, or the one that was named.
    var table: String? { only("csv") }

    var cocoFile: String? {
        if let only = only("json") { return only }
        // Of COCO's own files those of the boxes.
        return files.first { $0.hasSuffix(".json") && Self.stem($0).hasPrefix("instances") }
    }

    var imageNetTable: String? {
        if let named { return Self.isOfImageNet(named) ? named : nil }
        return files.first(where: Self.isOfImageNet)
    }

    private func only(_ ending: String) -> String? {
        if let named { return Self.ending(named) == ending ? named : nil }
        let found = files.filter { Self.ending($0) == ending }
        return found.count == 1 ? found[0] : nil
    }

    private static func isOfImageNet(_ file: String) -> Bool {
        stem(file).hasPrefix("LOC_") && file.hasSuffix("_solution.csv")
    }

    // MARK: Names

    static func ending(_ name: String) -> String {
        let last = name.split(separator: "/").last ?? ""
        return last.lastIndex(of: ".").map { last[last.index(after: $0)...].lowercased() } ?? ""
    }

    /// Without folders and ending.
    static func stem(_ name: String) -> String {
        let last = name.split(separator: "/").last ?? ""
        guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return String(last) }
        return String(last[..<dot])
    }

    static func parent(_ name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }

    private static func isOfMasks(_ name: String) -> Bool {
        let folders = name.split(separator: "/").dropLast()
        return folders.contains { ["masks", "trimaps", "SegmentationClass", "SegmentationObject"].contains($0) }
    }
}
