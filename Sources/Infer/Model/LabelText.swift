import Pipeline

/// The names of a model's classes, in the forms in which they are handed around.
package enum LabelText {
    /// Why there are no names to be read.
    package struct Defect: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Reads a file of labels: JSON, or a name a line.
    ///
    /// - Parameter isJSON: whether the file's name says so; else what does not read as JSON is taken as lines.
    package static func names(in text: String, isJSON: Bool) throws(Defect) -> [String] {
        let start = text.first { !$0.isWhitespace }
        guard isJSON || start == "[" || start == "{" else { return names(inLines: text) }
        let literal: Literal
        do throws(Literal.Defect) {
            literal = try Literal(text)
        } catch {
            guard isJSON else { return names(inLines: text) }
            throw Defect(description: "it is no JSON: \(error)")
        }
        guard let names = list(literal) else {
            throw Defect(description: "it is neither a list of names nor names by their numbers from 0 on")
        }
        return names
    }

    /// Bytes of a name: more than any has that is a name. Each is drawn, sent and written for each picture.
    static let longestName = 1000

    /// Which name is too long to be one, in words; nil: none is.
    package static func tooLong(_ names: [String]) -> String? {
        guard let number = names.firstIndex(where: { $0.utf8.count > longestName }) else { return nil }
        let name = names[number]
        return "the name of class \(number), '\(Printable.beginning(name, upTo: 20))', has \(name.utf8.count) bytes, "
            + "and at most \(longestName) are taken"
    }

    // MARK: Lists and maps

    /// Names by their numbers: a list, or a map such as Keras' `{"0": ["n01440764", "tench"]}`, Hugging Face's
    /// `id2label`, or `{"tench": 0}`. Nil for what is none of these.
    static func list(_ literal: Literal) -> [String]? {
        switch literal {
        case .list(let items):
            let names = items.compactMap(name)
            return names.isEmpty || names.count < items.count ? nil : names
        case .map(let entries):
            for key in ["id2label", "label_names", "labels", "names", "class_names", "classes"] {
                if let inner = literal[key], inner.text == nil { return list(inner) }
            }
            if let inner = literal["label2id"] { return list(inner) }
            return numbered(entries.map { ($0.key.whole, name($0.value)) })
                ?? numbered(entries.map { ($0.value.whole, name($0.key)) })
        default: return nil
        }
    }

    /// - Returns: nil unless each number from 0 on stands once.
    private static func numbered(_ pairs: [(number: Int?, name: String?)]) -> [String]? {
        var names = [String?](repeating: nil, count: pairs.count)
        for (number, name) in pairs {
            guard let number, let name, names.indices.contains(number), names[number] == nil else { return nil }
            names[number] = name
        }
        return names.isEmpty ? nil : names.compactMap { $0 }
    }

    private static func name(_ literal: Literal) -> String? {
        switch literal {
        case .text(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        // Synset and name.
        case .list(let items): items.last?.text
        case .map: literal["name"]?.text ?? literal["label"]?.text
        default: nil
        }
    }

    // MARK: Lines

    private static func names(inLines text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimming(while: \.isWhitespace) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return (withoutSynsets(lines) ?? withoutNumbers(lines) ?? lines).map { String($0) }
    }

    /// `n01440764 tench, Tinca tinca`, on each line.
    private static func withoutSynsets(_ lines: [Substring]) -> [Substring]? {
        var names: [Substring] = []
        for line in lines {
            guard line.first == "n", let (digits, name) = line.dropFirst().number(before: ",:"), digits.count == 8
            else { return nil }
            names.append(name)
        }
        return names.isEmpty ? nil : names
    }

    /// `0 tench`, `0: tench`, on each line with its own number.
    private static func withoutNumbers(_ lines: [Substring]) -> [Substring]? {
        guard lines.count > 1 else { return nil }
        var names: [Substring] = []
        for (number, line) in lines.enumerated() {
            guard let (digits, name) = line.number(before: ",:;"), digits.count < 10, Int(digits) == number
            else { return nil }
            names.append(name)
        }
        return names
    }
}

extension Substring {
    /// A number at the start, and what follows behind at least one space or separator. By hand, since matching a regular
    /// expression to each of 20,000 lines takes seconds.
    fileprivate func number(before separators: String) -> (digits: Substring, rest: Substring)? {
        let digits = prefix { ("0"..."9").contains($0) }
        let behind = self[digits.endIndex...]
        let rest = behind.drop { $0.isWhitespace || separators.contains($0) }
        guard !digits.isEmpty, rest.startIndex > behind.startIndex, !rest.isEmpty else { return nil }
        return (digits, rest)
    }

    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = drop(while: isTrimmed)
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
