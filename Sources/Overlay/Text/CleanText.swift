/// Takes out of a text what is not to be seen.
enum CleanText {
    /// A text on one line: tabs and ends of lines become a space, other control characters go.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isBlank($0) || isControl($0) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isBlank(scalar) {
                if result.last != " " { result.append(" ") }
            } else if !isControl(scalar) {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Tab, and what ends lines and paragraphs.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        (9...13).contains(scalar.value) || [0x85, 0x2028, 0x2029].contains(scalar.value)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 32 || (127..<160).contains(scalar.value)
    }
}
