package import Pipeline

/// What is to be known of a method's maps to turn them into heat.
package struct MapTraits: Sendable {
    /// What in them is no evidence.
    package let zero: ZeroLevel
    /// Share of the places that are shown at full strength.
    package let saturatedShare: Double
    /// Whether the map of one class shows something else than that of another.
    package let isClassDiscriminative: Bool

    package init(zero: ZeroLevel = .zero, saturatedShare: Double = 0, isClassDiscriminative: Bool = true) {
        self.zero = zero
        self.saturatedShare = saturatedShare
        self.isClassDiscriminative = isClassDiscriminative
    }
}
