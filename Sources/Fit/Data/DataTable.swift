import Foundation
import Glibc
import Pipeline

/// A table of files: `path,label[,from,to][,x,y,w,h]`, with or without these names in the first line. Paths start at the
/// table's folder; from and to are seconds of a clip, the others pixels of the picture as it is shown.
struct DataTable {
    private let path: String
    private let text: String

    /// - Throws: `FitError` of what is no text.
    init(_ path: String) throws(FitError) {
        self.path = path
        do throws(TextFile.Problem) {
            text = try TextFile.text(of: path)
        } catch .noText {
            throw .notAList(
                path: path, reason: "it is neither a folder of class folders nor a table (CSV: path,label)")
        } catch {
            throw .notThere(path: path, reason: "\(error)")
        }
    }

    /// - Throws: `FitError.table` with the line that is wrong.
    func list() throws(FitError) -> DataList {
        let rows: [CSVText.Row]
        do throws(CSVText.Defect) { rows = try CSVText(text).rows } catch { throw fail(error.line, error.problem) }
        guard let first = rows.first else { throw .notAList(path: path, reason: "the table is empty") }
        let columns = try Columns(first, path)
        let lines = try rows.dropFirst(columns.isNamed ? 1 : 0).map { row throws(FitError) in try line(row, columns) }
        guard !lines.isEmpty else { throw .notAList(path: path, reason: "the table has no line below its names") }
        try checkContradictions(lines)
        let classes = DataList.sorted(Set(lines.map(\.label)))
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let folder = URL(filePath: path).deletingLastPathComponent()
        var list = DataList(classes: classes, entries: [])
        for line in lines {
            let file = line.path.hasPrefix("/") ? line.path : folder.appending(path: line.path).relativePath
            var status = stat()
            guard stat(file, &status) == 0 else {
                list.skipped.append(SkippedFile(name: line.path, reason: "there is no such file (line \(line.number))"))
                continue
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                list.skipped.append(SkippedFile(name: line.path, reason: "it is no file (line \(line.number))"))
                continue
            }
            list.entries.append(
                DataList.Entry(
                    path: file, name: line.path, label: numbers[line.label]!, span: line.span, box: line.box))
        }
        return list
    }

    // MARK: Columns

    private struct Columns {
        static let names = ["path", "label", "from", "to", "x", "y", "w", "h"]
        /// Where each column is.
        var places: [String: Int]
        var isNamed: Bool
        var count: Int

        init(_ first: CSVText.Row, _ path: String) throws(FitError) {
            let given = first.fields.map { $0.lowercased() }
            count = given.count
            guard given.contains("path"), given.contains("label") else {
                isNamed = false
                let used =
                    switch given.count {
                    case 2: Array(Self.names.prefix(2))
                    case 4: Array(Self.names.prefix(4))
                    case 6: Array(Self.names.prefix(2) + Self.names[4...])
                    case 8: Self.names
                    default:
                        throw .table(
                            path: path, line: first.line,
                            problem: "\(given.count) columns; there must be path,label[,from,to][,x,y,w,h]")
                    }
                places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
                return
            }
            isNamed = true
            places = [:]
            for (number, name) in given.enumerated() {
                guard Self.names.contains(name) else {
                    throw .table(
                        path: path, line: first.line,
                        problem:
                            "no column is called '\(Printable.beginning(first.fields[number], upTo: 40))'; there are: "
                            + Self.names.joined(separator: ", "))
                }
                guard places.updateValue(number, forKey: name) == nil else {
                    throw .table(path: path, line: first.line, problem: "two columns are called '\(name)'")
                }
            }
            let box = Self.names[4...].filter { places[$0] != nil }
            guard box.isEmpty || box.count == 4 else {
                throw .table(path: path, line: first.line, problem: "a box needs all of the columns x, y, w and h")
            }
        }
    }

    // MARK: Lines

    private struct Line {
        var number: Int
        var path: String
        var label: String
        var span: DataList.Span?
        var box: PixelBox?
    }

    private func line(_ row: CSVText.Row, _ columns: Columns) throws(FitError) -> Line {
        guard row.fields.count == columns.count else {
            throw fail(row.line, "\(row.fields.count) columns, and the first line has \(columns.count)")
        }
        func text(_ name: String) -> String { columns.places[name].map { row.fields[$0] } ?? "" }
        func number(_ name: String) throws(FitError) -> Double? {
            let word = text(name)
            if word.isEmpty { return nil }
            guard let value = Double(word), value.isFinite, (0...1e9).contains(value) else {
                throw fail(
                    row.line, "\(name) cannot be '\(Printable.beginning(word, upTo: 40))'; allowed: a number from 0 on")
            }
            return value
        }
        guard !text("path").isEmpty else { throw fail(row.line, "the path is missing") }
        guard !text("label").isEmpty else { throw fail(row.line, "the label is missing") }
        var line = Line(number: row.line, path: text("path"), label: text("label"))
        let (from, to) = (try number("from"), try number("to"))
        if let to, to <= from ?? 0 { throw fail(row.line, "to must be later than from (\(from ?? 0) s)") }
        if from != nil || to != nil { line.span = DataList.Span(from: from ?? 0, to: to) }
        let (x, y, width, height) = (try number("x"), try number("y"), try number("w"), try number("h"))
        guard let x, let y, let width, let height else {
            if x ?? y ?? width ?? height != nil { throw fail(row.line, "a box needs all of x, y, w and h") }
            return line
        }
        guard width > 0, height > 0 else { throw fail(row.line, "the box is empty: w and h must be above 0") }
        line.box = PixelBox(
            x0: Int(x.rounded(.down)), y0: Int(y.rounded(.down)), x1: Int((x + width).rounded(.up)),
            y1: Int((y + height).rounded(.up)))
        return line
    }

    /// One thing has one class, and counts once.
    private func checkContradictions(_ lines: [Line]) throws(FitError) {
        var known: [String: Line] = [:]
        for line in lines {
            let thing = "\(line.path)\0\(String(describing: line.span))\0\(String(describing: line.box))"
            if let other = known[thing] {
                throw fail(
                    line.number,
                    other.label == line.label
                        ? "the same as line \(other.number): remove one of them"
                        : "'\(Printable.beginning(line.label, upTo: 40))', and in line \(other.number) "
                            + "'\(Printable.beginning(other.label, upTo: 40))': one image has one class")
            }
            known[thing] = line
        }
    }

    private func fail(_ line: Int, _ problem: String) -> FitError { .table(path: path, line: line, problem: problem) }
}
