/// Lines of help, and how a terminal shows their beginnings.
struct StyledLines {
    private struct Line {
        let head: String
        let style: TerminalColour.Style?
        let rest: String
    }

    private var lines: [Line] = []

    /// - Parameter rest: what stands behind the part with the style.
    mutating func add(_ head: String, _ style: TerminalColour.Style? = nil, then rest: String = "") {
        lines.append(Line(head: head, style: style, rest: rest))
    }

    mutating func addParagraph(_ text: String) {
        for line in HelpText.wrapped(text, indent: 0) { add(line) }
        add("")
    }

    /// An empty line, unless there is one already.
    mutating func addGap() {
        if let last = lines.last, !(last.head + last.rest).isEmpty { add("") }
    }

    func text(coloured: Bool) -> String {
        var rows = lines.map { line in
            guard coloured, let style = line.style else { return line.head + line.rest }
            // Blanks have no colour.
            let words = line.head.drop { $0 == " " }
            let margin = line.head.dropLast(words.count)
            return margin + TerminalColour.painted(words, style) + line.rest
        }
        while rows.last?.isEmpty == true { rows.removeLast() }
        return rows.joined(separator: "\n")
    }
}
