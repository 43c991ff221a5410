import Pipeline

/// Which of a model's classes the classes of data are: by number in a mapping, by name, or by synset.
package struct ClassMatch: Sendable {
    /// Numbers of the model's classes, by the data's names.
    package private(set) var numbers: [String: Int] = [:]
    /// What matches nothing, each with the model's names that come near.
    package private(set) var unmatched: [(label: String, near: [String])] = []

    private let plain: [[String]]
    private let names: [String]

    /// - Parameters:
    ///   - labels: of the data.
    ///   - names: of the model's classes, in full: of ImageNet's with all synonyms.
    ///   - map: of a mapping file; nil: there is none.
    ///   - synsets: what words synsets stand for.
    /// - Throws: `DataError.map` where the mapping names a class that there is not.
    package init(_ labels: [String], names: [String], map: LabelsMap?, synsets: [String: String]) throws(DataError) {
        self.names = names
        plain = names.map { name in
            ([name] + name.split(separator: ",").map(String.init)).map(Self.plain)
        }
        for label in labels {
            if let number = try map.flatMap({ map throws(DataError) in try number(label, map) })
                ?? number(of: label, synsets)
            {
                numbers[label] = number
            } else {
                unmatched.append((label, near(label, synsets)))
            }
        }
    }

    private func number(_ label: String, _ map: LabelsMap) throws(DataError) -> Int? {
        guard let entry = map.entries[label] else { return nil }
        if let number = Int(entry.name), names.indices.contains(number) { return number }
        if Int(entry.name) == nil, let number = number(of: entry.name, [:]) { return number }
        let near = near(entry.name, [:])
        throw .map(
            path: map.path, line: entry.line,
            problem: "the model has no class '\(Printable.beginning(entry.name, upTo: 40))'"
                + (near.isEmpty ? "" : "; near it are \(near.map { "'\($0)'" }.joined(separator: ", "))"))
    }

    /// By name: in full, else a synonym, if only one class has it.
    private func number(of label: String, _ synsets: [String: String]) -> Int? {
        // Of a model whose names begin with synsets.
        if SynsetWords.isSynset(label), let number = names.firstIndex(where: { $0.hasPrefix(label) }) { return number }
        let wanted = Self.plain(synsets[label] ?? label)
        let exact = plain.indices.filter { plain[$0][0] == wanted }
        if exact.count == 1 { return exact[0] }
        let found = plain.indices.filter { plain[$0].contains(wanted) }
        if found.count == 1 { return found[0] }
        // A synset's words begin with its name.
        guard let first = synsets[label]?.split(separator: ",").first.map({ Self.plain(String($0)) }) else {
            return nil
        }
        let named = plain.indices.filter { plain[$0].contains(first) }
        return named.count == 1 ? named[0] : nil
    }

    private func near(_ label: String, _ synsets: [String: String]) -> [String] {
        let wanted = Self.plain(synsets[label] ?? label)
        let shown = names.map { $0.split(separator: ",").first.map(String.init) ?? $0 }
        let containing = plain.indices.filter { plain[$0][0].contains(wanted) }.prefix(3).map { shown[$0] }
        if !containing.isEmpty { return containing }
        // The last word often is what it is: "bulldog" of "american bulldog".
        let words = plain.map { $0[0] }
        let nearest = NearestWord.to(wanted, among: words).flatMap { words.firstIndex(of: $0) }.map { shown[$0] }
        let last = wanted.split(separator: " ").last.map(String.init) ?? wanted
        let alike = last.count > 2 ? plain.indices.filter { plain[$0][0].contains(last) }.map { shown[$0] } : []
        return Array(([nearest].compactMap(\.self) + alike.filter { $0 != nearest }).prefix(3))
    }

    /// Without what people write in different ways.
    private static func plain(_ name: String) -> String {
        name.lowercased().map { $0 == "_" || $0 == "-" ? " " : $0 }.split(separator: " ").map { String($0) }
            .joined(separator: " ")
    }
}

/// Which of a model's classes the classes of data are, as somebody wrote it: a line each, "name,class" or "name: class"; the class is
/// a number or a name. Synsets with their words, "n02123045 tabby, tabby cat", are lines, too.
package struct LabelsMap: Sendable {
    let path: String
    let entries: [String: (name: String, line: Int)]

    /// - Throws: `DataError`.
    package init(path: String) throws(DataError) {
        self.path = path
        var entries: [String: (name: String, line: Int)] = [:]
        for (number, line) in try ReadData.text(path).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            if line.allSatisfy(\.isWhitespace) || line.first == "#" { continue }
            let pair: (label: String, name: String)
            if let synset = SynsetWords.lines(String(line)).first {
                pair = (synset.synset, synset.words)
            } else {
                guard let end = line.firstIndex(where: { ",:;\t=".contains($0) }) else {
                    throw .map(
                        path: path, line: number + 1,
                        problem: "'\(Printable.beginning(String(line), upTo: 40))' is not name,class")
                }
                pair = (Self.trimmed(line[..<end]), Self.trimmed(line[line.index(after: end)...]))
            }
            guard !pair.label.isEmpty, !pair.name.isEmpty else {
                throw .map(path: path, line: number + 1, problem: "a name or a class is missing")
            }
            if let other = entries[pair.label] {
                throw .map(
                    path: path, line: number + 1,
                    problem: "'\(Printable.beginning(pair.label, upTo: 40))' stands in line \(other.line), too")
            }
            entries[pair.label] = (pair.name, number + 1)
        }
        self.entries = entries
    }

    private static func trimmed(_ text: Substring) -> String {
        let inner = text.drop { $0.isWhitespace || $0 == "\"" }
        return String(inner.reversed().drop { $0.isWhitespace || $0 == "\"" }.reversed())
    }
}
