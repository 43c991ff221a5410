/// Passes through a classifier.
package struct PassCounts: Sendable, Equatable {
    /// From a picture to the scores: the picture itself, and changed ones.
    package var forward = 0
    /// From a changed layer to the scores.
    package var head = 0
    /// From the scores back.
    package var backward = 0

    package init(forward: Int = 0, head: Int = 0, backward: Int = 0) {
        (self.forward, self.head, self.backward) = (forward, head, backward)
    }

    package static func + (one: PassCounts, other: PassCounts) -> PassCounts {
        PassCounts(
            forward: one.forward + other.forward, head: one.head + other.head,
            backward: one.backward + other.backward)
    }
}
