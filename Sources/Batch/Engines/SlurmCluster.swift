/// What a cluster allows.
package enum SlurmCluster {
    /// What it is where nobody has changed it.
    package static let usualMaxArraySize = 1001

    /// How many tasks an array may have: indices are below it.
    ///
    /// - Parameter config: what `scontrol show config` prints.
    /// - Returns: nil: it does not say so.
    package static func maxArraySize(_ config: String) -> Int? {
        for line in config.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            if parts.count == 2, parts[0] == "MaxArraySize" { return Int(parts[1]).flatMap { $0 > 0 ? $0 : nil } }
        }
        return nil
    }
}
