import Foundation
import Glibc

extension Metrics {
    /// Memory, file descriptors and threads of this process, under the names that Prometheus' clients use.
    func addProcess() {
        gauge("process_resident_memory_bytes", "Resident memory of the process.") {
            let pages = Self.words(of: "/proc/self/statm").dropFirst().first.flatMap { Double($0) } ?? 0
            return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        }
        gauge("process_open_fds", "Open file descriptors.") { Self.count("/proc/self/fd") }
        gauge("process_threads", "Threads of the process.") { Self.count("/proc/self/task") }
    }

    private static func words(of path: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: " ")
    }

    private static func count(_ folder: String) -> Double {
        // Without /proc there is nothing to count.
        Double((try? FileManager.default.contentsOfDirectory(atPath: folder))?.count ?? 0)
    }
}
