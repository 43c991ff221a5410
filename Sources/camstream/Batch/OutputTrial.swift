import Encode
import Foundation

/// Tries, before the first recording, whether results can be written at all as the settings want them: a codec that this
/// machine lacks is no fault of ten thousand recordings.
enum OutputTrial {
    /// - Parameter names: of results by `PlannedJob.roles`, of which the endings count.
    /// - Throws: `EncodeError`.
    static func check(_ config: EncodeConfig, _ names: [String: String]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "camstream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ role: String) -> String? {
            names[role].map { name in "\(folder.path)/\(role).\(URL(filePath: name).pathExtension)" }
        }
        // What is named like its input may end in anything.
        if names.values.contains(where: { URL(filePath: $0).pathExtension.isEmpty }) { return }
        var config = config
        config.output = path("output") ?? ""
        (config.sidecar, config.maps, config.report) = (path("sidecar"), path("maps"), path("report"))
        try config.checkOutput()
    }
}
