/// How much a set may hold.
struct TeachLimits: Sendable {
    var examples = 10_000
    var classes = 50
    /// On the disk.
    var bytes = 2_000_000_000
    /// Steps that can be undone.
    var steps = 50
    /// Examples of a class before it is learnt.
    static let fewest = 5
}
