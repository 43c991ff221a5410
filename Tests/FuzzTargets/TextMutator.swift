package import Foundation

/// Damages texts: words of the language that is read, put in, doubled and exchanged; bytes that are no text; numbers that
/// tell; very many of something; the end cut off.
package struct TextMutator: Sendable {
    private let seeds: [Data]
    private let words: [Data]
    private static let largest = 1 << 18
    private static let numbers = [
        "0", "-1", "1", "2", "-0", "00", "255", "256", "65536", "2147483647", "2147483648", "-2147483649", "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e999", "-1e999",
        "1e-999", "0.1", "nan", "inf", "0x10", "1_000", "99999999999999999999999999999999",
    ].map { Data($0.utf8) }
    /// What is special anywhere: ends, quotes, what joins to a letter before it, turns text around, is no character, or
    /// no UTF-8.
    private static let signs: [Data] =
        [
            "\n", "\r", "\r\n", "\0", "\t", " ", "'", "\"", "\\", "%", "%0", "%00", "&", "=", ";", ",", ":", "#", "/",
            "../",
            "\u{1b}[2J", "\u{7}", "\u{7f}", "\u{85}", "\u{2028}", "\u{202e}", "\u{301}", "\u{200d}", "\u{feff}",
            "\u{fffd}", "é",
            "漢", "🧑‍🚀", "ﬁ", "İ",
        ].map { Data($0.utf8) }
        + [[0x80], [0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xff, 0xfe]].map { Data($0) }

    /// - Parameter words: of the language, such as its keys.
    package init(seeds: [Data], words: [String]) {
        self.seeds = seeds
        self.words = words.map { Data($0.utf8) }
    }

    package func next(_ noise: inout some RandomNumberGenerator) -> Data {
        var bytes = seeds.randomElement(using: &noise)!
        for _ in 0..<Int.random(in: 1...6, using: &noise) { damage(&bytes, &noise) }
        return bytes.count > Self.largest ? Data(bytes.prefix(Self.largest)) : bytes
    }

    private func damage(_ bytes: inout Data, _ noise: inout some RandomNumberGenerator) {
        let part = part(of: bytes, &noise)
        switch Int.random(in: 0..<16, using: &noise) {
        case 0 where !part.isEmpty: bytes[part.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
        case 1: bytes.removeSubrange(part)
        case 2: bytes = Data(bytes[..<part.lowerBound])
        case 3: bytes.insert(contentsOf: bytes[part], at: part.upperBound)
        case 4: repeatPart(&bytes, part, &noise)
        case 5:
            // The start of one with the end of another.
            let other = seeds.randomElement(using: &noise)!
            bytes = bytes[..<part.lowerBound] + other[self.part(of: other, &noise).lowerBound...]
        case 6:
            let other = seeds.randomElement(using: &noise)!
            bytes.insert(contentsOf: other[self.part(of: other, &noise)], at: part.lowerBound)
        case 7, 8: exchangeNumber(&bytes, from: part.lowerBound, &noise)
        case 9, 10: bytes.replaceSubrange(part, with: Self.signs.randomElement(using: &noise)!)
        case 11: bytes.insert(contentsOf: Self.signs.randomElement(using: &noise)!, at: part.lowerBound)
        case 12, 13: bytes.replaceSubrange(part, with: words.randomElement(using: &noise) ?? Data())
        default: bytes.insert(contentsOf: words.randomElement(using: &noise) ?? Data(), at: part.lowerBound)
        }
    }

    /// Mostly a few bytes.
    private func part(of bytes: Data, _ noise: inout some RandomNumberGenerator) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &noise)
        let longest = Int.random(in: 0..<8, using: &noise) == 0 ? bytes.count : 12
        return start..<min(bytes.count, start + Int.random(in: 0...longest, using: &noise))
    }

    /// Sometimes very often.
    private func repeatPart(_ bytes: inout Data, _ part: Range<Int>, _ noise: inout some RandomNumberGenerator) {
        let isHuge = Int.random(in: 0..<20, using: &noise) == 0
        let most = isHuge ? Self.largest / max(1, part.count) : 40
        let times = Int.random(in: 1...max(1, most), using: &noise)
        var many = Data()
        for _ in 0..<times { many += bytes[part] }
        bytes.insert(contentsOf: many, at: part.upperBound)
    }

    private func exchangeNumber(_ bytes: inout Data, from place: Int, _ noise: inout some RandomNumberGenerator) {
        let number = Self.numbers.randomElement(using: &noise)!
        guard let start = bytes[place...].firstIndex(where: Self.isDigit) else {
            return bytes.insert(contentsOf: number, at: place)
        }
        let end = bytes[start...].firstIndex { !Self.isDigit($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: number)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

extension Data {
    /// As a file is read that is not refused for its bytes.
    var asText: String { String(decoding: self, as: UTF8.self) }
}
