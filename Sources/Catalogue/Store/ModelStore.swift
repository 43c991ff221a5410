import Foundation
import Glibc
import Pipeline

/// The user's models: a folder for each, with `NAME.onnx`, its card and its labels.
package struct ModelStore: Sendable {
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// `$XDG_DATA_HOME/camstream/models`, by default under `~/.local/share` (XDG Base Directory Specification 0.8).
    ///
    /// - Returns: nil where neither that variable nor HOME is an absolute path.
    package init?(environment: [String: String]) {
        guard let data = UserData.folder(environment) else { return nil }
        folder = "\(data)/models"
    }

    /// The path of a model's file, if all of the model is there.
    package func model(_ name: String) -> String? {
        guard ModelName.isValid(name) else { return nil }
        let path = "\(folder)/\(name)/\(name).onnx"
        return isFile(path) ? path : nil
    }

    /// Names of all models, sorted.
    package var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { model($0) != nil }.sorted()
    }

    /// Removes a model, so that its name never stands for half of it.
    ///
    /// - Returns: false if there is none of this name.
    package func remove(_ name: String) throws(CatalogueError) -> Bool {
        guard model(name) != nil else { return false }
        let doomed = "\(folder)/.\(name).removed"
        try? FileManager.default.removeItem(atPath: doomed)
        guard rename("\(folder)/\(name)", doomed) == 0 else { throw .file(errno, "\(folder)/\(name)") }
        do {
            try FileManager.default.removeItem(atPath: doomed)
        } catch {
            throw .cannotWrite(path: doomed, reason: error.localizedDescription)
        }
        return true
    }

    /// Makes the folder.
    func create() throws(CatalogueError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            var status = stat()
            let isOther = stat(folder, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
            throw .cannotWrite(path: folder, reason: isOther ? "it is no folder" : error.localizedDescription)
        }
    }

    /// - Throws: `.noRoom` if the file system has less than that left.
    func checkRoom(for bytes: Int) throws(CatalogueError) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return }
        let (free, isHuge) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        if !isHuge, free < bytes { throw .noRoom(path: folder, needed: bytes, free: free) }
    }
}
