import Pipeline

extension ReadData {
    /// YOLO's layout: for each picture a text file with a line for each thing: its class's number, then the middle, width and height
    /// of its box, or the corners of a polygon around it, in shares of the picture.
    init(yolo tree: FileTree) throws(DataError) {
        guard let files = tree.folder("labels")?.filter({ FileTree.ending($0) == "txt" }), !files.isEmpty else {
            throw .notLikeThis(path: tree.path, layout: .yolo, missing: "there is no folder labels with text files")
        }
        let names = try Self.classNames(tree)
        for file in files {
            // Lists of names lie there, too.
            if ["classes", "names"].contains(FileTree.stem(file)) { continue }
            let path = tree.full(file)
            var things: [(label: String, box: TrueBox)] = []
            for (number, line) in try Self.text(path).split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline
            ).enumerated() {
                let words = line.split(whereSeparator: \.isWhitespace)
                if words.isEmpty { continue }
                func fail(_ problem: String) -> DataError { .line(path: path, line: number + 1, problem: problem) }
                let values = words.compactMap { Double($0) }.filter(\.isFinite)
                guard values.count == words.count, let box = Self.box(values.dropFirst()) else {
                    throw fail(
                        "'\(Printable.beginning(String(line), upTo: 40))' is not a class and x, y, width and height in shares"
                    )
                }
                guard let label = Int(exactly: values[0]), names.indices.contains(label) else {
                    throw fail(
                        "class \(Printable.beginning(String(words[0]), upTo: 40)), and there are \(names.count) names")
                }
                things.append((names[label], box))
            }
            guard let picture = tree.picture(of: FileTree.stem(file)) else {
                leftOut.append(LeftOut(name: file, reason: "there is no image of its name"))
                continue
            }
            add(picture, tree, things, areShares: true)
        }
    }

    private static func box(_ numbers: ArraySlice<Double>) -> TrueBox? {
        let numbers = Array(numbers)
        switch numbers.count {
        case 4, 5:
            // The fifth is how sure somebody was.
            let (across, down) = (numbers[2] / 2, numbers[3] / 2)
            guard across > 0, down > 0 else { return nil }
            return TrueBox(
                x0: numbers[0] - across, y0: numbers[1] - down, x1: numbers[0] + across, y1: numbers[1] + down)
        case let count where count >= 6 && count % 2 == 0:
            let x = stride(from: 0, to: count, by: 2).map { numbers[$0] }
            let y = stride(from: 1, to: count, by: 2).map { numbers[$0] }
            let box = TrueBox(x0: x.min()!, y0: y.min()!, x1: x.max()!, y1: y.max()!)
            return box.x0 < box.x1 && box.y0 < box.y1 ? box : nil
        default: return nil
        }
    }

    private static let mostNames = 1_000_000

    private struct NamesFile: Decodable {
        let names: Names

        enum Names: Decodable {
            case list([String])
            case numbered([Int: String])

            init(from decoder: any Decoder) throws {
                if let list = try? [String](from: decoder) {
                    self = .list(list)
                } else {
                    self = .numbered(try [Int: String](from: decoder))
                }
            }
        }
    }

    private static func classNames(_ tree: FileTree) throws(DataError) -> [String] {
        let lists = ["classes.txt", "names.txt"]
        if let file = tree.files.first(where: { file in lists.contains { file == $0 || file.hasSuffix("/" + $0) } })
            ?? tree.files.first(where: { FileTree.ending($0) == "names" })
        {
            return try text(tree.full(file)).split(whereSeparator: \.isNewline).map(String.init)
        }
        for file in tree.files where ["yaml", "yml"].contains(FileTree.ending(file)) {
            guard let found = try? YAMLFile.decode(NamesFile.self, path: tree.full(file)) else { continue }
            switch found.names {
            case .list(let names): return names
            case .numbered(let names):
                guard names.keys.allSatisfy((0..<mostNames).contains), let last = names.keys.max() else {
                    throw .file(path: tree.full(file), problem: "the numbers of names must be 0 to \(mostNames - 1)")
                }
                return (0...last).map { names[$0] ?? "class \($0)" }
            }
        }
        throw .noNames(path: tree.path)
    }
}
