import Pipeline

/// A length of time as users write it: "90s", "10m", "12h", "7d", "2w", or several together: "1h30m".
package struct TimeSpan: Equatable, Sendable, Decodable, CustomStringConvertible {
    package let seconds: Int

    package init(seconds: Int) { self.seconds = seconds }

    /// - Returns: nil if the text is no such length, or none at all.
    package init?(_ text: String) {
        var total = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = Self.units.first(where: { $0.letter == character }), let count = Int(digits) else {
                return nil
            }
            let (part, isTooLong) = count.multipliedReportingOverflow(by: unit.seconds)
            guard !isTooLong, part <= Self.longest else { return nil }
            total += part
            digits = ""
        }
        guard digits.isEmpty, total > 0, total <= Self.longest else { return nil }
        seconds = total
    }

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { TimeSpan($0) }
    }

    /// What errors say is allowed.
    package static let form = "a number and s, m, h, d or w, such as 90s, 10m or 7d"

    package var description: String {
        var rest = seconds  // without weeks, which fewer people use
        var text = ""
        for unit in Self.units.dropFirst() where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.letter)"
            rest %= unit.seconds
        }
        return text.isEmpty ? "0s" : text
    }

    /// The longest first.
    private static let units: [(letter: Character, seconds: Int)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]
    /// A century or so; sums stay far from the end of the integers.
    private static let longest = 5_000 * 604_800
}
