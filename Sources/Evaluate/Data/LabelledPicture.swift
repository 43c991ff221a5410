/// A picture, and what is known of one class in it.
package struct LabelledPicture: Sendable, Equatable {
    /// As it can be opened.
    package let path: String
    /// As the data have it.
    package let name: String
    /// The class, as the data call it.
    package let label: String
    /// Of things of this class; none: nobody knows where they are.
    package var boxes: [TrueBox]
    /// Whether boxes are in shares of the picture rather than in pixels.
    package let areShares: Bool
    /// The file; nil: there is none.
    package let mask: String?
    /// Its number in a video, from 0; nil: the file is a picture.
    package let frame: Int?

    package init(
        path: String, name: String, label: String, boxes: [TrueBox] = [], areShares: Bool = false, mask: String? = nil,
        frame: Int? = nil
    ) {
        (self.path, self.name, self.label, self.boxes) = (path, name, label, boxes)
        (self.areShares, self.mask, self.frame) = (areShares, mask, frame)
    }

    /// What tells it from all others: a picture may show several classes.
    package var key: String { "\(name)\0\(label)" }
}

/// What is left out, and why.
package struct LeftOut: Sendable, Equatable, Codable {
    package let name: String
    package let reason: String

    package init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
}
