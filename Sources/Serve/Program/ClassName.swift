import Pipeline

/// What a class that viewers teach may be called.
package enum ClassName {
    /// Characters.
    package static let longest = 64
    package static let allowed = "1 to \(longest) characters, none of which steers a terminal or begins a line"

    /// Without blanks around it.
    ///
    /// - Throws: `TeachRefusal.invalid`.
    package static func checked(_ name: String) throws(TeachRefusal) -> String {
        let start = name.drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        let trimmed = end.map { String(start[...$0]) } ?? ""
        // A character may be any number of code points.
        guard (1...longest).contains(trimmed.count), trimmed.unicodeScalars.count <= 4 * longest,
            !trimmed.contains("\t"), Printable.line(trimmed) == trimmed
        else {
            throw .invalid("a class's name cannot be '\(Printable.beginning(trimmed))'; allowed: \(allowed)")
        }
        return trimmed
    }

    /// Whether two classes would be called the same.
    package static func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }
}
