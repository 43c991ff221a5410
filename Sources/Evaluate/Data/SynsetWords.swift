import Pipeline

/// Lists of ImageNet's synsets, a line each: "n02123045 tabby, tabby cat".
enum SynsetWords {
    private static let names = ["LOC_synset_mapping.txt", "synset_words.txt"]

    /// The one that lies with the data; empty: there is none.
    static func beside(_ tree: FileTree) throws(DataError) -> [String: String] {
        guard let file = tree.files.first(where: { file in names.contains { file == $0 || file.hasSuffix("/" + $0) } })
        else { return [:] }
        return Dictionary(lines(try ReadData.text(tree.full(file)))) { first, _ in first }
    }

    /// Those of a text's lines that are such.
    static func lines(_ text: String) -> [(synset: String, words: String)] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, isSynset(parts[0]) else { return nil }
            return (String(parts[0]), String(parts[1]))
        }
    }

    /// Such as "n02123045".
    static func isSynset(_ name: some StringProtocol) -> Bool {
        name.utf8.count == 9 && name.first == "n" && name.dropFirst().allSatisfy(\.isNumber)
    }
}

extension ReadData {
    /// - Throws: `DataError.cannotRead`.
    static func text(_ path: String) throws(DataError) -> String {
        do throws(TextFile.Problem) {
            return try TextFile.text(of: path)
        } catch {
            throw .cannotRead(path: path, reason: "\(error)")
        }
    }
}
