/// Something that happens to an object that is followed.
package struct ObjectEvent: Sendable, Equatable {
    /// "new", "lost", "found" or "ended".
    package let kind: String
    /// Its number.
    package let track: Int
    /// Its class.
    package let label: String

    package init(kind: String, track: Int, label: String) { (self.kind, self.track, self.label) = (kind, track, label) }
}
