/// Puts together one line of JSON (RFC 8259) whose keys keep their order, which `JSONText` cannot.
package struct JSONLine {
    package private(set) var bytes: [UInt8] = []
    /// Whether a comma stands before the next key or element.
    private var isFirst = true

    package init() {}

    /// Empties the line, keeping its memory.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        isFirst = true
    }

    package mutating func end() { append("\n") }

    package mutating func object(_ members: (inout JSONLine) -> Void) {
        append("{")
        isFirst = true
        members(&self)
        append("}")
        isFirst = false
    }

    package mutating func key(_ key: String, _ value: (inout JSONLine) -> Void) {
        separate()
        string(key)
        append(": ")
        value(&self)
        isFirst = false
    }

    package mutating func array<Element>(_ elements: [Element], _ value: (inout JSONLine, Element) -> Void) {
        append("[")
        isFirst = true
        for element in elements {
            separate()
            value(&self, element)
            isFirst = false
        }
        append("]")
    }

    package mutating func numbers(_ numbers: [Int]?) {
        if let numbers { array(numbers) { $0.number($1) } } else { null() }
    }

    package mutating func null() { append("null") }

    package mutating func number(_ number: Int) { append("\(number)") }

    /// As few digits as give the same number back; null for what JSON has no number for.
    package mutating func number(_ number: some BinaryFloatingPoint & CustomStringConvertible) {
        append(number.isFinite ? number.description : "null")
    }

    package mutating func string(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                append("\\u00")
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    private mutating func separate() {
        if !isFirst { append(", ") }
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }
}
