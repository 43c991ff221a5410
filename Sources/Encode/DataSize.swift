import Pipeline

/// A number of bytes as users write it: "500M", "20G", "1.5T". K, M, G and T are powers of 1024, as `du -h` counts.
package struct DataSize: Equatable, Sendable, Decodable, CustomStringConvertible {
    package let bytes: Int

    package init(bytes: Int) { self.bytes = bytes }

    /// - Returns: nil if the text is no such size, or none at all.
    package init?(_ text: String) {
        guard let letter = text.last, let unit = Self.units.first(where: { $0.letter == letter }) else { return nil }
        let number = text.dropLast()
        guard let first = number.first, first.isASCII, first.isNumber,
            number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let count = Double(number)
        else { return nil }
        let bytes = count * Double(unit.bytes)
        guard bytes >= 1, bytes < Double(1 << 60) else { return nil }
        self.bytes = Int(bytes)
    }

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { DataSize($0) }
    }

    /// What errors say is allowed.
    package static let form = "a number and K, M, G or T, such as 500M or 20G"

    /// With at most one decimal, such as "1.5 GB".
    package var description: String {
        guard let unit = Self.units.first(where: { bytes >= $0.bytes }) else { return "\(bytes) bytes" }
        let tenths = (Double(bytes) / Double(unit.bytes) * 10).rounded() / 10
        return (tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)") + " \(unit.letter)B"
    }

    /// The largest first.
    private static let units: [(letter: Character, bytes: Int)] = [
        ("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10),
    ]
}
