extension Array where Element: Comparable {
    /// Whether each element is greater than the one before.
    package var isRising: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
