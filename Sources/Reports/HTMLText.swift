import Foundation
import Pipeline

/// HTML that is put together: what is written by us is marked-up text, and what comes from others (names of classes and
/// files) can only get in as text, which no browser takes for anything else.
package struct HTMLText: ExpressibleByStringInterpolation {
    package private(set) var markup: String

    package init(stringLiteral markup: String) { self.markup = markup }

    package init(stringInterpolation parts: StringInterpolation) { markup = parts.markup }

    package init(joining pieces: [HTMLText]) { markup = pieces.map(\.markup).joined() }

    package static func + (one: HTMLText, other: HTMLText) -> HTMLText { HTMLText(joining: [one, other]) }

    /// "\(name)" in a literal is text; HTML stays HTML.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var markup = ""

        package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { markup += literal }

        package mutating func appendInterpolation(_ html: HTMLText) { markup += html.markup }

        package mutating func appendInterpolation(_ number: Int) { markup += String(number) }

        package mutating func appendInterpolation(_ text: String) { markup += HTMLText.escaped(text) }

        /// A number with so many digits behind the point.
        package mutating func appendInterpolation(_ number: Double, digits: Int) {
            markup += fixed(number, digits: digits)
        }
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
