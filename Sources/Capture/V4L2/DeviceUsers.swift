import Foundation
import Glibc

/// Which programs have a device open.
struct DeviceUsers {
    private let processes: String

    /// - Parameter processes: the folder where the kernel shows them.
    init(processes: String = "/proc") { self.processes = processes }

    /// Such as ["cheese (4711)"]. Of other users' programs only the superuser gets to know.
    func names(of device: String) -> [String] {
        let target = VideoNodes.target(of: device) ?? device
        let own = getpid()
        return (contents(of: processes).compactMap { Int32($0) }.sorted()).compactMap { process in
            let folder = "\(processes)/\(process)"
            guard process != own,
                contents(of: "\(folder)/fd").contains(where: { Self.link("\(folder)/fd/\($0)") == target })
            else { return nil }
            let name = (try? String(contentsOfFile: "\(folder)/comm", encoding: .utf8)) ?? "process"
            return "\(name.trimmingCharacters(in: .whitespacesAndNewlines)) (\(process))"
        }
    }

    private static func link(_ path: String) -> String? {
        // Many vanish while one looks.
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    private func contents(of folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
