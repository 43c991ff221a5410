import Foundation
import Glibc
import Pipeline
import Serve

/// Where sets are kept: `$XDG_DATA_HOME/camstream/teach`, a folder for each.
package struct TeachFolder: Sendable, Equatable {
    package let path: String

    package static let allowed = CameraName.allowed

    package init(path: String) { self.path = path }

    /// - Throws: `TeachError.noPlace`.
    package init(environment: [String: String]) throws(TeachError) {
        guard let data = UserData.folder(environment) else { throw .noPlace }
        path = "\(data)/teach"
    }

    /// The files of one set.
    ///
    /// - Throws: `TeachError.badName`.
    func files(_ name: String) throws(TeachError) -> SetFiles {
        guard CameraName.isValid(name) else { throw .badName(name) }
        return SetFiles(folder: "\(path)/\(name)", name: name)
    }

    /// Names of all sets, sorted.
    package var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { name in
            (try? files(name)).map { FileManager.default.fileExists(atPath: $0.examples) } ?? false
        }.sorted()
    }
}

/// Names of the files of a set.
struct SetFiles: Sendable {
    let folder: String
    let name: String

    var examples: String { "\(folder)/examples.sqlite" }
    var lock: String { "\(folder)/lock" }

    func made(_ file: TaughtFile) -> (path: String, name: String) {
        let name =
            switch file {
            case .model: "\(name).onnx"
            case .report: "\(name).report.html"
            case .numbers: "\(name).report.json"
            }
        return ("\(folder)/\(name)", name)
    }

    /// Makes the folder, for its owner alone.
    func createFolder() throws(TeachError) {
        let parent = URL(filePath: folder).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotWrite(path: parent, reason: error.localizedDescription)
        }
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw errno == ENOSPC || errno == EDQUOT
                ? .diskFull(path: folder) : .cannotWrite(path: folder, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .cannotWrite(path: folder, reason: "it is no folder")
        }
    }

    /// Makes an empty file for its owner alone, unless it is there.
    func create(_ path: String) throws(TeachError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == ENOSPC || errno == EDQUOT
                ? .diskFull(path: path) : .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        close(descriptor)
    }

    /// Removes what a killed process had not finished of models. Only to be called by whoever has the lock.
    func removeUnfinished() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(".\(self.name).") && name.hasSuffix(".part") {
            unlink("\(folder)/\(name)")
        }
    }
}

/// That this process teaches a set. Owns the lock, which ends with the process at the latest.
final class SetLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `TeachError.inUse` where another process has it.
    init(_ files: SetFiles) throws(TeachError) {
        descriptor = open(files.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: files.lock, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK
                ? .inUse(name: files.name) : .cannotOpen(path: files.lock, reason: String(cString: strerror(code)))
        }
    }

    deinit { close(descriptor) }
}
