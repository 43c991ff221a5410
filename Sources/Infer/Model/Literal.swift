import Pipeline

/// A value as JSON or Python's `repr` writes it: what exporters put into a model's metadata.
package indirect enum Literal: Equatable, Sendable {
    case none
    case flag(Bool)
    case number(Double)
    case text(String)
    /// A list or a tuple.
    case list([Literal])
    case map([Entry])

    package struct Entry: Equatable, Sendable {
        package let key: Literal
        package let value: Literal
    }

    /// Why a text is no value, and where.
    package struct Defect: Error, Equatable, CustomStringConvertible {
        /// Of the byte, from 0.
        package let position: Int
        package let reason: String

        package var description: String { "\(reason) at byte \(position)" }
    }

    /// Reads one value; nothing is evaluated.
    package init(_ text: String) throws(Defect) {
        var reader = LiteralReader(text)
        self = try reader.whole()
    }

    /// A map's value for a key of text; of a key that stands twice, the last.
    subscript(_ key: String) -> Literal? {
        guard case .map(let entries) = self, let entry = entries.last(where: { $0.key == .text(key) }),
            entry.value != .none
        else { return nil }
        return entry.value
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var flag: Bool? {
        guard case .flag(let flag) = self else { return nil }
        return flag
    }

    var number: Double? {
        guard case .number(let number) = self, number.isFinite else { return nil }
        return number
    }

    /// A whole number, also one that is written as text.
    var whole: Int? {
        switch self {
        case .number(let number): Int(exactly: number)
        case .text(let text): Int(text)
        default: nil
        }
    }

    var list: [Literal]? {
        guard case .list(let items) = self else { return nil }
        return items
    }

    /// A list of numbers only.
    var numbers: [Double]? {
        guard let list else { return nil }
        let numbers = list.compactMap(\.number)
        return numbers.count == list.count ? numbers : nil
    }

    /// A list of whole numbers only.
    var wholes: [Int]? {
        guard let numbers else { return nil }
        let wholes = numbers.compactMap { Int(exactly: $0) }
        return wholes.count == numbers.count ? wholes : nil
    }
}

/// Reads a value from its text.
private struct LiteralReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Values inside of each other: labels and settings take three or four.
    private static let deepest = 32

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func whole() throws(Literal.Defect) -> Literal {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw defect("there is more than one value") }
        return value
    }

    private func defect(_ reason: String) -> Literal.Defect { Literal.Defect(position: position, reason: reason) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(character.value) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Literal.Defect) -> Literal {
        guard depth < Self.deepest else { throw defect("more than \(Self.deepest) lists lie in each other") }
        skipSpace()
        switch next {
        case nil: throw defect("the text ends where a value is wanted")
        case UInt8(ascii: "["): return .list(try items("[", "]", depth).values)
        case UInt8(ascii: "("):
            let found = try items("(", ")", depth)
            // (1,) is a tuple, (1) a number in brackets.
            return found.values.count == 1 && !found.hasComma ? found.values[0] : .list(found.values)
        case UInt8(ascii: "{"): return .map(try entries(depth))
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try quoted())
        default: return try word()
        }
    }

    private mutating func items(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ depth: Int
    ) throws(Literal.Defect) -> (values: [Literal], hasComma: Bool) {
        _ = take(open)
        var values: [Literal] = []
        var hasComma = false
        while !take(close) {
            values.append(try value(depth: depth + 1))
            if take(",") {
                hasComma = true
            } else {
                guard take(close) else { throw defect("a comma or '\(close)' is missing") }
                break
            }
        }
        return (values, hasComma)
    }

    private mutating func entries(_ depth: Int) throws(Literal.Defect) -> [Literal.Entry] {
        _ = take("{")
        var entries: [Literal.Entry] = []
        while !take("}") {
            let key = try value(depth: depth + 1)
            guard take(":") else { throw defect("a colon is missing") }
            entries.append(Literal.Entry(key: key, value: try value(depth: depth + 1)))
            guard take(",") else {
                guard take("}") else { throw defect("a comma or '}' is missing") }
                break
            }
        }
        return entries
    }

    private mutating func word() throws(Literal.Defect) -> Literal {
        let start = position
        while let byte = next, byte > 0x20, !",:[]{}()'\"".utf8.contains(byte) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "None", "null": return .none
        case "True", "true": return .flag(true)
        case "False", "false": return .flag(false)
        default:
            // Of what Double takes, not the hexadecimal forms.
            guard !word.lowercased().contains("x"), let number = Double(word) else {
                position = start
                throw defect("'\(Printable.beginning(String(word), upTo: 20))' is no value")
            }
            return .number(number)
        }
    }

    private mutating func quoted() throws(Literal.Defect) -> String {
        let quote = bytes[position]
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                text += try escaped()
            } else {
                text.append(byte)
            }
        }
        throw defect("a closing quote is missing")
    }

    /// What stands behind a backslash, in UTF-8.
    private mutating func escaped() throws(Literal.Defect) -> [UInt8] {
        guard let byte = next else { throw defect("a closing quote is missing") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [byte]
        case UInt8(ascii: "x"): return Self.utf8(try hexadecimal(2))
        case UInt8(ascii: "U"): return Self.utf8(try hexadecimal(8))
        case UInt8(ascii: "u"):
            let unit = try hexadecimal(4)
            // JSON writes what lies above U+FFFF as two halves.
            guard (0xd800..<0xdc00).contains(unit), bytes[position...].starts(with: "\\u".utf8) else {
                return Self.utf8(unit)
            }
            position += 2
            let second = try hexadecimal(4)
            guard (0xdc00..<0xe000).contains(second) else { return Self.utf8(unit) + Self.utf8(second) }
            return Self.utf8(0x10000 + (unit - 0xd800) << 10 + (second - 0xdc00))
        // As Python has it.
        default: return [UInt8(ascii: "\\"), byte]
        }
    }

    private mutating func hexadecimal(_ digits: Int) throws(Literal.Defect) -> UInt32 {
        let text = String(decoding: bytes[position...].prefix(digits), as: UTF8.self)
        guard text.utf8.count == digits, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16) else {
            throw defect("\(digits) hexadecimal digits are missing")
        }
        position += digits
        return value
    }

    private static func utf8(_ scalar: UInt32) -> [UInt8] {
        Array(String(Character(Unicode.Scalar(scalar) ?? "\u{fffd}")).utf8)
    }
}
