import Pipeline

/// Which pictures the classifier looks at.
package struct CamEvery: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// One of so many; nil: those that differ from the last one that it looked at.
    package let frames: Int?

    package static let auto = CamEvery(frames: nil)

    package init(frames: Int?) { self.frames = frames }

    package init(integerLiteral frames: Int) { self.frames = frames }

    /// - Parameter text: "auto", or a number.
    package init?(_ text: String) {
        if text == "auto" { self = .auto } else if let number = Int(text) { frames = number } else { return nil }
    }

    /// As settings write it.
    package var description: String { frames.map(String.init) ?? "auto" }
}

extension CamEvery: Decodable {
    package static let form = "1 to 30 frames, or auto"

    package init(from decoder: any Decoder) throws {
        if let number = try? decoder.singleValueContainer().decode(Int.self) {
            frames = number
        } else {
            self = try decoder.setting(allowed: Self.form) { CamEvery($0) }
        }
    }
}
