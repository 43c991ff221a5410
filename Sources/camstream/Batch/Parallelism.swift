import Foundation
import Glibc

/// How many recordings are worked on at a time when nobody says.
enum Parallelism {
    /// What one takes beside the model that all share: pictures, decoder and encoder of 1080p.
    private static let memory = 500 << 20

    /// One for each core, as a single one leaves gaps; fewer where the memory would not do.
    static var usual: Int { count(cores: ProcessInfo.processInfo.activeProcessorCount, memory: freeMemory) }

    static func count(cores: Int, memory: Int) -> Int { max(1, min(cores, memory / Self.memory)) }

    /// Bytes that this process may still take: of the machine's, and of its control group's.
    private static var freeMemory: Int {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 1 << 20
        let group = (try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        return min(kilobytes << 10, group ?? .max)
    }
}
