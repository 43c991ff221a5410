import Encode
import Foundation
import Glibc

/// Tries, before the first recording, whether results can be written at all as the settings want them: a codec that this
/// machine lacks is no fault of ten thousand recordings.
enum OutputTrial {
    /// - Parameters:
    ///   - names: of results by `PlannedJob.roles`, of which the endings count.
    ///   - place: a folder in which it is tried, and which is made where it is not there; nil: that for temporary files.
    /// - Throws: `EncodeError`.
    static func check(_ config: EncodeConfig, _ names: [String: String], in place: URL? = nil) throws {
        let folder = (place ?? FileManager.default.temporaryDirectory).appending(
            path: "trial-\(UUID().uuidString).work")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw EncodeError.cannotWrite(path: folder.path, reason: String(cString: strerror(errno)))
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ role: String) -> String? {
            names[role].map { name in
                let ending = URL(filePath: name).pathExtension
                return "\(folder.path)/\(role)" + (ending.isEmpty ? "" : ".\(ending)")
            }
        }
        // What is named like its input may end in anything.
        if names.values.contains(where: { $0.hasSuffix("{name}") }) { return }
        var config = config
        config.output = path("output") ?? ""
        (config.sidecar, config.maps, config.report) = (path("sidecar"), path("maps"), path("report"))
        config.dwell = path("dwell")
        try config.checkOutput()
    }
}
