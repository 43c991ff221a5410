import Foundation
import Glibc
package import Pipeline

/// A folder that bears its name only when all of it is there, or that is there for as long as it is used. Until then, or after,
/// it is removed with all that is in it, also where a signal ends the process.
package final class NewFolder: Sendable {
    package let path: String
    private let ticket: Int
    private let unfinished: Unfinished

    private init(at path: String, _ unfinished: Unfinished) {
        (self.path, self.unfinished) = (path, unfinished)
        ticket = unfinished.add { try? FileManager.default.removeItem(atPath: path) }
    }

    /// In the folder for temporary files, which `TMPDIR` names.
    ///
    /// - Throws: `ViewError.cannotMake`.
    package static func temporary(unfinished: Unfinished = .ofProcess) throws(ViewError) -> NewFolder {
        let place = FileManager.default.temporaryDirectory.path
        var template = Array("\(place)/camstream-view-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .cannotMake(folder: place, reason: String(cString: strerror(errno)))
        }
        return NewFolder(
            at: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), unfinished)
    }

    /// Beside where it will be.
    ///
    /// - Throws: `ViewError.exists`, `.cannotMake`.
    package static func making(_ target: String, unfinished: Unfinished = .ofProcess) throws(ViewError) -> NewFolder {
        var status = stat()
        guard lstat(target, &status) != 0 else { throw .exists(folder: target) }
        let url = URL(filePath: target)
        let path = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(getpid()).part").path
        guard mkdir(path, 0o777) == 0 else {
            throw .cannotMake(folder: target, reason: String(cString: strerror(errno)))
        }
        return NewFolder(at: path, unfinished)
    }

    deinit { remove() }

    /// After `putInPlace` nothing is there any more.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        unfinished.settle(ticket)
    }

    /// A folder within it.
    func makeFolder(_ name: String) throws(ViewError) -> String {
        let inner = "\(path)/\(name)"
        guard mkdir(inner, 0o777) == 0 else {
            throw .cannotMake(folder: inner, reason: String(cString: strerror(errno)))
        }
        return inner
    }

    /// Gives it its name, in one step.
    package func putInPlace(as target: String) throws(ViewError) {
        let path = path
        // A folder that came there meanwhile is replaced only if it is empty.
        let code = unfinished.settle(ticket) { rename(path, target) == 0 ? 0 : errno }
        guard code == 0 else {
            throw code == ENOTEMPTY || code == EEXIST || code == ENOTDIR
                ? .exists(folder: target) : .cannotMake(folder: target, reason: String(cString: strerror(code)))
        }
    }
}
