import Foundation
import Glibc

/// A folder with one folder a class. Pictures and clips may lie in folders below these; what is hidden is left out.
struct DataFolder {
    private let path: String

    private static let mostFolders = 16
    /// What systems leave behind in folders of pictures.
    private static let clutter: Set = ["thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db"]

    init(_ path: String) { self.path = path }

    /// - Throws: `FitError` of folders that cannot be read or have no pictures.
    func list() throws(FitError) -> DataList {
        var folders: [String] = []
        var loose: [String] = []
        for name in try names(path) {
            switch Self.kind("\(path)/\(name)") {
            case .folder: folders.append(name)
            case .file: loose.append(name)
            case .other: break
            }
        }
        guard !folders.isEmpty else { throw .noClasses(path: path, pictures: loose.count) }
        let classes = DataList.sorted(folders)
        var list = DataList(classes: classes, entries: [])
        list.skipped = loose.map { SkippedFile(name: $0, reason: "it lies in no class's folder") }
        for (label, name) in classes.enumerated() {
            let before = list.entries.count
            try add(name, label, [], to: &list)
            guard list.entries.count > before else { throw .emptyClass(name: name, path: "\(path)/\(name)") }
        }
        return list
    }

    /// What lies in the folder itself, as examples of one class.
    ///
    /// - Throws: `FitError` of folders that cannot be read, have no pictures, or have them in folders of their own.
    func flat(class label: String) throws(FitError) -> DataList {
        var list = DataList(classes: [label], entries: [])
        var folders = 0
        for name in try names(path) {
            switch Self.kind("\(path)/\(name)") {
            case .folder:
                folders += 1
                list.skipped.append(SkippedFile(name: name, reason: "it is a folder in a folder"))
            case .file: list.entries.append(DataList.Entry(path: "\(path)/\(name)", name: name, label: 0))
            case .other: list.skipped.append(SkippedFile(name: name, reason: "it is no file that can be read"))
            }
        }
        guard !list.entries.isEmpty else {
            throw folders > 0 ? .foldersOfGood(path: path, folders: folders) : .noGood(path: path)
        }
        return list
    }

    /// - Parameter above: the folders that led here: a link may lead back to one of them.
    private func add(_ folder: String, _ label: Int, _ above: [Identity], to list: inout DataList) throws(FitError) {
        guard let identity = Identity("\(path)/\(folder)"), !above.contains(identity), above.count < Self.mostFolders
        else { return }
        for name in try names("\(path)/\(folder)") {
            let below = "\(folder)/\(name)"
            switch Self.kind("\(path)/\(below)") {
            case .folder: try add(below, label, above + [identity], to: &list)
            case .file: list.entries.append(DataList.Entry(path: "\(path)/\(below)", name: below, label: label))
            case .other: list.skipped.append(SkippedFile(name: below, reason: "it is no file that can be read"))
            }
        }
    }

    /// Sorted by their bytes.
    private func names(_ folder: String) throws(FitError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .notThere(path: folder, reason: "the folder cannot be read")
        }
        return names.filter { !$0.hasPrefix(".") && !Self.clutter.contains($0.lowercased()) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private enum Kind { case folder, file, other }

    private static func kind(_ path: String) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .other }
        return switch status.st_mode & S_IFMT {
        case S_IFDIR: .folder
        case S_IFREG: .file
        default: .other
        }
    }

    private struct Identity: Equatable {
        private let device: UInt64
        private let number: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }
}
