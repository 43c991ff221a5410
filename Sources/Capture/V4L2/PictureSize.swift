import Pipeline

/// Width and height in pixels, as users write it: "1280x720".
package struct PictureSize: Hashable, Sendable, Decodable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Returns: nil if the text is no such size.
    package init?(_ text: String) {
        let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1], (1...65_535).contains(width),
            (1...65_535).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    /// What errors say is allowed.
    package static let form = "WIDTHxHEIGHT, such as 1280x720"

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { PictureSize($0) }
    }

    package var description: String { "\(width)x\(height)" }
    var area: Int { width * height }

    func fits(in other: PictureSize) -> Bool { width <= other.width && height <= other.height }
}
