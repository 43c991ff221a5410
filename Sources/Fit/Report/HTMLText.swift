import Pipeline

/// HTML that is put together: what is written by us is marked-up text, and what comes from others (names of classes and
/// files) can only get in as text, which no browser takes for anything else.
struct HTMLText: ExpressibleByStringInterpolation {
    private(set) var markup: String

    init(stringLiteral markup: String) { self.markup = markup }

    init(stringInterpolation parts: StringInterpolation) { markup = parts.markup }

    init(joining pieces: [HTMLText]) { markup = pieces.map(\.markup).joined() }

    static func + (one: HTMLText, other: HTMLText) -> HTMLText { HTMLText(joining: [one, other]) }

    /// "\(name)" in a literal is text; HTML stays HTML.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { markup += literal }

        mutating func appendInterpolation(_ html: HTMLText) { markup += html.markup }

        mutating func appendInterpolation(_ number: Int) { markup += String(number) }

        mutating func appendInterpolation(_ text: String) { markup += HTMLText.escaped(text) }

        /// A number with so many digits behind the point.
        mutating func appendInterpolation(_ number: Double, digits: Int) { markup += fixed(number, digits: digits) }
    }

    /// In text and in quoted attributes alike (WHATWG HTML, 13.3, and the quote that it leaves out).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in Printable.line(text).unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
