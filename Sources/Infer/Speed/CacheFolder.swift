import Foundation

/// Where compiled models and choices are kept between runs.
enum CacheFolder {
    /// Nil where no folder can be made or written, which costs only time.
    static func find(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> URL? {
        let base: URL
        if let given = environment["XDG_CACHE_HOME"], given.hasPrefix("/") {
            base = URL(filePath: given)
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            base = URL(filePath: home).appending(path: ".cache")
        } else {
            return nil
        }
        let folder = base.appending(path: "camstream")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            return nil
        }
        return FileManager.default.isWritableFile(atPath: folder.path) ? folder : nil
    }
}
