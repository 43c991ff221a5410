import Glibc
import Pipeline

/// Numbered pictures: `folder/frame_%05d.png`. FFmpeg reads them, but looks for the first number only from 0 to 4, so
/// the folder is looked through here.
struct ImageSequence: Equatable {
    let pattern: String
    let first: Int
    /// Pictures without a gap from the first one on.
    let count: Int
    /// Name of the first missing picture, if there are later ones.
    let missing: String?

    /// - Returns: nil if the last part of the path holds no number pattern (`%d`, `%05d`).
    /// - Throws: `CaptureError.nothingMatches` if no file fits it.
    init?(_ pattern: String) throws(CaptureError) {
        guard let name = NumberPattern(pattern.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
        else {
            return nil
        }
        let folder = pattern.lastIndex(of: "/").map { String(pattern[...$0]) } ?? "./"
        let numbers = Self.names(in: folder).compactMap(name.number(of:)).sorted()
        guard let first = numbers.first, let last = numbers.last else {
            throw .nothingMatches(pattern: redacted(pattern))
        }
        let gap = zip(numbers, first...).first { $0 != $1 }
        self.pattern = pattern
        self.first = first
        count = (gap?.1 ?? last + 1) - first
        missing = gap.map { name.name(of: $0.1) }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }
}

/// `frame_%05d.png`: what stands before and after the number, and its least number of digits.
package struct NumberPattern: Equatable {
    let prefix: String
    let digits: Int
    let suffix: String

    /// - Returns: nil if there is no number in it.
    package init?(_ text: some StringProtocol) {
        var before = ""
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            before += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                before.append("%")
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard rest.dropFirst(digits.count).first == "d", digits.isEmpty || Int(digits).map({ $0 <= 18 }) == true
            else {
                return nil
            }
            let suffix = rest.dropFirst(digits.count + 1)
            // A second number has no meaning.
            guard !suffix.contains("%") else { return nil }
            prefix = before
            self.digits = Int(digits) ?? 1
            self.suffix = String(suffix)
            return
        }
        return nil
    }

    /// - Returns: nil if the name is none of this pattern.
    package func number(of name: String) -> Int? {
        guard name.count >= prefix.count + suffix.count, name.hasPrefix(prefix), name.hasSuffix(suffix) else {
            return nil
        }
        let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard middle.count == digits || middle.count > digits && middle.first != "0",
            middle.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        // FFmpeg counts in 32 bits.
        return Int(middle).flatMap { $0 < Int(Int32.max) ? $0 : nil }
    }

    func name(of number: Int) -> String {
        let text = String(number)
        return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text + suffix
    }
}
