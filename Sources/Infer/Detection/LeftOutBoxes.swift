import Detect

/// Tells once that there are more boxes than count.
struct LeftOutBoxes {
    private var isTold = false
    private var warning: String?

    /// - Parameter found: one more than count, where there are so many.
    mutating func note(_ found: [Detection], _ config: DetectConfig) {
        guard !isTold, found.count > config.maxBoxes, found[config.maxBoxes].score >= Float(config.minScore) else {
            return
        }
        isTold = true
        warning =
            "more than \(config.maxBoxes) objects in a frame: those with the lowest scores are left out (--max-boxes)"
    }

    mutating func takeWarning() -> String? {
        defer { warning = nil }
        return warning
    }
}
