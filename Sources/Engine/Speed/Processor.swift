import Foundation

/// The processor as the system describes it.
package struct Processor: Codable, Sendable, Equatable {
    package let name: String
    /// In the system's order, such as "sse2 avx2 avx512_bf16".
    package let features: String

    package static let current = Processor(
        description: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")

    /// - Parameter description: as of /proc/cpuinfo; the first core speaks for all.
    package init(description: String) {
        var fields: [String: String] = [:]
        for line in description.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty, !fields.isEmpty { break }
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        let part = [fields["CPU implementer"], fields["CPU part"]].compactMap { $0 }.joined(separator: " ")
        name = fields["model name"] ?? part
        features = fields["flags"] ?? fields["Features"] ?? ""
    }
}
