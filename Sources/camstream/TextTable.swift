import Pipeline

/// Rows of cells as aligned text, two spaces between the columns. A cell may be somebody else's name: it stays in its line.
struct TextTable {
    let rows: [[String]]

    init(_ rows: [[String]]) { self.rows = rows.map { $0.map(Printable.line) } }

    /// A line a row, without spaces at the ends.
    var lines: [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}
