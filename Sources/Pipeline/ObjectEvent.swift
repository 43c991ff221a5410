/// Something that happens to an object that is followed.
package struct ObjectEvent: Sendable, Equatable {
    /// "began", "lost", "found" or "ended"; "named" where a classifier calls it something else than before.
    package let kind: String
    /// Its number.
    package let track: Int
    /// Its class.
    package let label: String

    package init(kind: String, track: Int, label: String) { (self.kind, self.track, self.label) = (kind, track, label) }
}
