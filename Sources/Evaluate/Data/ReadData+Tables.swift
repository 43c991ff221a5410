import Foundation
import Pipeline

extension ReadData {
    /// A table: path,label[,x,y,w,h], with or without these names in the first line; several lines of a picture are several boxes.
    init(csv tree: FileTree) throws(DataError) {
        guard let file = tree.table else {
            throw .notLikeThis(
                path: tree.path, layout: .csv, missing: "there is no CSV file, or more than one: name it")
        }
        let path = tree.full(file)
        let rows = try Self.rows(path)
        let names = ["path", "label", "x", "y", "w", "h"]
        let isNamed = rows.first.map { $0.fields.map { $0.lowercased() }.starts(with: names.prefix(2)) } ?? false
        let columns =
            isNamed ? rows[0].fields.map { $0.lowercased() } : Array(names.prefix(rows.first?.fields.count ?? 2))
        guard columns == names || columns == Array(names.prefix(2)) else {
            throw .line(
                path: path, line: rows.first?.line ?? 1, problem: "the columns must be path,label or path,label,x,y,w,h"
            )
        }
        var files: [String] = []
        var things: [String: [(label: String, box: TrueBox?)]] = [:]
        for row in rows.dropFirst(isNamed ? 1 : 0) {
            func fail(_ problem: String) -> DataError { .line(path: path, line: row.line, problem: problem) }
            guard row.fields.count == columns.count else {
                throw fail("\(row.fields.count) columns, and the first line has \(columns.count)")
            }
            guard !row.fields[0].isEmpty, !row.fields[1].isEmpty else { throw fail("path or label is missing") }
            let numbers = row.fields.dropFirst(2)
            let values = numbers.compactMap { Double($0) }.filter(\.isFinite)
            let isWithout = numbers.allSatisfy(\.isEmpty)
            guard values.count == numbers.count || isWithout else {
                throw fail("a box needs four numbers: x, y, w and h")
            }
            var box: TrueBox?
            if !values.isEmpty, !isWithout {
                guard values[2] > 0, values[3] > 0 else { throw fail("the box is empty: w and h must be above 0") }
                box = TrueBox(x0: values[0], y0: values[1], x1: values[0] + values[2], y1: values[1] + values[3])
            }
            if things[row.fields[0]] == nil { files.append(row.fields[0]) }
            things[row.fields[0], default: []].append((row.fields[1], box))
        }
        let folder = FileTree.parent(file)
        for name in files {
            let own = things[name]!
            let relative = folder.isEmpty ? name : "\(folder)/\(name)"
            let full = name.hasPrefix("/") ? name : tree.full(relative)
            guard FileManager.default.fileExists(atPath: full) else {
                leftOut.append(LeftOut(name: name, reason: "there is no such file"))
                continue
            }
            var labels: [String] = []
            for thing in own where !labels.contains(thing.label) { labels.append(thing.label) }
            for label in labels {
                pictures.append(
                    LabelledPicture(
                        path: full, name: name, label: label,
                        boxes: own.filter { $0.label == label }.compactMap(\.box)))
            }
        }
    }

    /// ILSVRC's table of boxes: ImageId,PredictionString, with "n02123045 x0 y0 x1 y1" for each box.
    init(imageNet tree: FileTree) throws(DataError) {
        guard let file = tree.imageNetTable else {
            throw .notLikeThis(path: tree.path, layout: .imagenet, missing: "there is no LOC_*_solution.csv")
        }
        let path = tree.full(file)
        for row in try Self.rows(path) where row.fields.first != "ImageId" {
            guard row.fields.count == 2 else {
                throw .line(path: path, line: row.line, problem: "the columns must be ImageId,PredictionString")
            }
            let words = row.fields[1].split(separator: " ").map(String.init)
            var things: [(label: String, box: TrueBox)] = []
            for start in stride(from: 0, to: words.count, by: 5) {
                let numbers = words[start...].dropFirst().prefix(4).compactMap { Double($0) }
                guard SynsetWords.isSynset(words[start]), numbers.count == 4, numbers.allSatisfy(\.isFinite),
                    numbers[0] < numbers[2], numbers[1] < numbers[3]
                else {
                    throw .line(
                        path: path, line: row.line,
                        problem:
                            "'\(Printable.beginning(row.fields[1], upTo: 40))' is not a synset and x0 y0 x1 y1, again and again"
                    )
                }
                things.append(
                    (words[start], TrueBox(x0: numbers[0], y0: numbers[1], x1: numbers[2], y1: numbers[3])))
            }
            guard let picture = tree.picture(of: row.fields[0]) else {
                leftOut.append(LeftOut(name: row.fields[0], reason: "there is no such image"))
                continue
            }
            add(picture, tree, things)
        }
    }

    private static func rows(_ path: String) throws(DataError) -> [CSVText.Row] {
        let text = try Self.text(path)
        let rows: [CSVText.Row]
        do throws(CSVText.Defect) {
            rows = try CSVText(text).rows
        } catch {
            throw .line(path: path, line: error.line, problem: error.problem)
        }
        guard !rows.isEmpty else { throw .file(path: path, problem: "the table is empty") }
        return rows
    }
}
