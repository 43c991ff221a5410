/// Texts of others (names of classes, files and cameras) as a terminal and a log may get them: with nothing in them that a
/// terminal obeys, that begins a line, or that turns the order of what is read.
///
/// Such a character becomes what Swift writes for it, such as `\u{1B}`.
package enum Printable {
    /// Line breaks and tabs stay.
    package static func text(_ text: String) -> String { escaped(text) { $0 == "\n" || $0 == "\t" } }

    /// Without line breaks: what is one line stays one.
    package static func line(_ text: String) -> String { escaped(text) { $0 == "\t" } }

    /// The beginning of a text of others, for a message: one line, and none that is endless.
    ///
    /// - Parameter length: code points that are shown; one character may have any number of them.
    package static func beginning(_ text: String, upTo length: Int = 80) -> String {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: length, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return line(text) }
        return line(String(scalars[..<end])) + "…"
    }

    /// A JSON text with JSON's own escapes for it, so that it says the same.
    package static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isActive($0) && $0 != "\n" }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isActive(scalar), scalar != "\n" {
                let digits = String(scalar.value, radix: 16)
                shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func escaped(_ text: String, _ mayStay: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: { isActive($0) && !mayStay($0) }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case _ where !isActive(scalar) || mayStay(scalar): shown.unicodeScalars.append(scalar)
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            default: shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return shown
    }

    /// Control characters (ECMA-48, C0 and C1), line separators, and what changes the direction of the text behind it
    /// (Unicode Standard Annex 9).
    private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x061c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }
}
