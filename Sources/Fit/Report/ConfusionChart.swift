import Reports

/// What was taken for what: a table with the numbers, or, for many classes, a chart that shows where they are.
struct ConfusionChart {
    let names: [String]
    /// By true class and predicted class.
    let counts: [[Int]]

    private static let largestTable = 24

    var html: HTMLText { names.count <= Self.largestTable ? table : chart }

    private var table: HTMLText {
        let heads = HTMLText(joining: names.map { "<th scope=\"col\"><span>\($0)</span></th>" })
        let rows = counts.enumerated().map { label, row -> HTMLText in
            let total = max(1, row.reduce(0, +))
            let cells = row.enumerated().map { predicted, count -> HTMLText in
                guard count > 0 else { return "<td></td>" }
                return """
                    <td class="\(kind(label, predicted, count, of: total))" \
                    title="\(names[label]) taken for \(names[predicted])">\(count)</td>
                    """
            }
            return "<tr><th scope=\"row\">\(names[label])</th>\(HTMLText(joining: cells))</tr>"
        }
        return """
            <div class="wide"><table class="confusion"><thead><tr><td></td>\(heads)</tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
    }

    /// A square a pair that occurs; names beside the rows, and on each square for whoever points at it.
    private var chart: HTMLText {
        let (side, left) = (9, 130)
        let length = names.count * side
        let rows = counts.enumerated().map { label, row -> HTMLText in
            let total = max(1, row.reduce(0, +))
            let squares = row.enumerated().filter { $0.element > 0 }.map { predicted, count -> HTMLText in
                """
                <rect class="\(kind(label, predicted, count, of: total))" x="\(left + predicted * side)" \
                y="\(label * side)" width="\(side - 1)" height="\(side - 1)"><title>\(names[label]) taken for \
                \(names[predicted]): \(count) of \(total)</title></rect>
                """
            }
            return """
                <text x="\(left - 4)" y="\(label * side + side - 2)" text-anchor="end">\(shortened(names[label]))</text>\
                \(HTMLText(joining: squares))
                """
        }
        return """
            <div class="wide"><svg class="confusion" viewBox="0 0 \(left + length) \(length)" width="\(left + length)" \
            height="\(length)" role="img" aria-label="Confusion matrix of \(names.count) classes">
            <rect class="ground" x="\(left)" y="0" width="\(length)" height="\(length)"/>\(HTMLText(joining: rows))</svg></div>
            """
    }

    /// Its colour: right or wrong, in five steps by the share of the row, which is not 0.
    private func kind(_ label: Int, _ predicted: Int, _ count: Int, of total: Int) -> HTMLText {
        "\(predicted == label ? "hit" : "miss") s\((5 * count + total - 1) / total)"
    }

    private func shortened(_ name: String) -> String { name.count > 22 ? name.prefix(21) + "…" : name }
}
