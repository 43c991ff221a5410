import Foundation
import Glibc
import Synchronization

/// Where compiled models and choices are kept between runs. What is in it is run, so it must be this user's alone.
package enum CacheFolder {
    enum Refusal: Error, Equatable, CustomStringConvertible {
        /// Nobody says where, or it cannot be made or written.
        case none
        case ofAnother(path: String)
        case open(path: String)

        var description: String {
            switch self {
            case .none: "there is no folder for compiled models: each start compiles anew"
            case .ofAnother(let path):
                "\(path) belongs to another user, so compiled models are neither read from it nor kept in it: set "
                    + "XDG_CACHE_HOME to a folder of your own"
            case .open(let path):
                "others may write to \(path), so compiled models are neither read from it nor kept in it: chmod go-w \(path)"
            }
        }
    }

    /// Nil where no folder can be made, written or trusted, which costs only time.
    static func find(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> URL? {
        try? look(environment)
    }

    /// Where it is, or why there is none.
    package static func state() -> (path: String?, problem: String?) {
        do throws(Refusal) {
            return (try look().path, nil)
        } catch {
            return (nil, error.description)
        }
    }

    /// What is wrong with it where a user can mend that; once in a process.
    package static func takeWarning() -> String? {
        do throws(Refusal) {
            _ = try look()
        } catch {
            guard error != .none, isTold.withLock({ told in told.insert(error.description).inserted }) else {
                return nil
            }
            return error.description
        }
        return nil
    }

    private static let isTold = Mutex<Set<String>>([])

    static func look(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Refusal) -> URL {
        let base: URL
        if let given = environment["XDG_CACHE_HOME"], given.hasPrefix("/") {
            base = URL(filePath: given)
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            base = URL(filePath: home).appending(path: ".cache")
        } else {
            throw .none
        }
        let folder = base.appending(path: "camstream")
        do {
            try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        } catch {
            throw .none
        }
        if mkdir(folder.path, 0o700) != 0, errno != EEXIST { throw .none }
        try check(base.path, isOurs: false)
        try check(folder.path, isOurs: true)
        guard access(folder.path, R_OK | W_OK | X_OK) == 0 else { throw .none }
        return folder
    }

    /// - Parameter isOurs: whether it must be this user's; of another one, such as /tmp, nobody may move what is ours.
    private static func check(_ path: String, isOurs: Bool) throws(Refusal) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw .none }
        if isOurs, status.st_uid != geteuid() { throw .ofAnother(path: path) }
        let isSticky = !isOurs && status.st_mode & S_ISVTX != 0
        if status.st_mode & (S_IWGRP | S_IWOTH) != 0, !isSticky { throw .open(path: path) }
    }
}
