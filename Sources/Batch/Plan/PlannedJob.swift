import Pipeline

/// A line of a plan: one recording, and what becomes of it.
package struct PlannedJob: Codable, Sendable, Equatable {
    /// Tells the input from all others; the same in each plan.
    package var id: String
    /// The part of the plan that one task does.
    package var shard: Int
    /// An absolute path, or an address.
    package var input: String
    /// Of the input when it was planned; nil: an address.
    package var size: Int?
    /// Microseconds since 1970, likewise.
    package var modified: Int?
    /// How long the recording lasts; nil: nobody knows.
    package var seconds: Double?
    /// Estimated seconds of one processor core.
    package var cost: Double
    /// Paths below the plan's folder, by what they are: "output", "sidecar", "maps", "report", "dwell".
    package var outputs: [String: String]

    package init(
        id: String, shard: Int, input: String, size: Int?, modified: Int?, seconds: Double?, cost: Double,
        outputs: [String: String]
    ) {
        (self.id, self.shard, self.input, self.size, self.modified) = (id, shard, input, size, modified)
        (self.seconds, self.cost, self.outputs) = (seconds, cost, outputs)
    }

    /// What results are called, the one that the receipt lies beside first.
    package static let roles = ["output", "sidecar", "maps", "report", "dwell"]

    /// The results in the order of `roles`.
    package var files: [(role: String, path: String)] {
        Self.roles.compactMap { role in outputs[role].map { (role, $0) } }
    }

    /// What must not be in a plan, which may have come from anywhere; nil: nothing.
    var fault: String? {
        guard id.utf8.count == 16, id.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
            return "has an id that is none"
        }
        if files.isEmpty { return "has no result" }
        for (_, path) in files {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            if parts.contains(where: { ["", ".", ".."].contains($0) }) || parts.first == JobPlaces.hidden[...] {
                return "has a result that is no path below the plan's folder"
            }
        }
        return nil
    }

    /// Where its receipt is, below the plan's folder.
    package var receipt: String { (files.first?.path ?? id) + Receipt.ending }

    /// An input's id: 64 bits of the SHA-256 of its path or address.
    package static func id(of input: String) -> String {
        String(Checksum.hexDigits(of: Array(input.utf8)).prefix(16))
    }

    /// One line of JSON, its end included; what a person looks for comes first.
    func write(to line: inout JSONLine) {
        line.clear()
        line.object { line in
            line.key("id") { $0.string(id) }
            line.key("shard") { $0.number(shard) }
            line.key("input") { $0.string(input) }
            if let size { line.key("size") { $0.number(size) } }
            if let modified { line.key("modified") { $0.number(modified) } }
            if let seconds { line.key("seconds") { $0.number((seconds * 1000).rounded() / 1000) } }
            line.key("cost") { $0.number((cost * 1000).rounded() / 1000) }
            line.key("outputs") { line in
                line.object { line in
                    for (role, path) in files { line.key(role) { $0.string(path) } }
                }
            }
        }
        line.end()
    }
}
