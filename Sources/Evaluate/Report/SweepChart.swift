import Reports

/// Curves over the threshold, a line a method; baselines are dashed.
struct SweepChart {
    struct Line {
        let name: String
        let isBaseline: Bool
        /// At thresholds 0...254 of 255.
        let values: [Double]
    }

    let title: String
    let lines: [Line]

    private let width = 460.0
    private let height = 240.0
    private let left = 44.0
    private let top = 8.0
    /// How many lines have a colour of their own.
    static let colours = 8

    var html: HTMLText {
        let highest = max(0.1, min(1, (lines.flatMap(\.values).max() ?? 1) * 1.05))
        let step = highest > 0.5 ? 0.2 : highest > 0.2 ? 0.1 : 0.02
        var marks: [HTMLText] = []
        for number in 0...Int(highest / step) {
            let share = Double(number) * step
            let y = top + height * (1 - share / highest)
            marks.append(
                """
                <line class="grid" x1="\(left, digits: 0)" x2="\(left + width, digits: 0)" y1="\(y, digits: 1)" y2="\(y, digits: 1)"/>\
                <text x="\(left - 6, digits: 0)" y="\(y + 4, digits: 1)" text-anchor="end">\(100 * share, digits: 0) %</text>
                """)
        }
        for share in [0, 0.25, 0.5, 0.75, 1] {
            marks.append(
                """
                <text x="\(left + width * share, digits: 0)" y="\(top + height + 16, digits: 0)" text-anchor="middle">\
                \(100 * share, digits: 0) %</text>
                """)
        }
        let curves = lines.enumerated().map { number, line -> HTMLText in
            let points = line.values.enumerated().map { level, value in
                let x = left + width * Double(level) / Double(BoxSweep.thresholds)
                return "\(fixed(x, digits: 1)) \(fixed(top + height * (1 - min(value, highest) / highest), digits: 1))"
            }
            return """
                <path class="\(Self.line(number, line.isBaseline))" d="\(HTMLText(stringLiteral: "M" + points.joined(separator: "L")))"><title>\
                \(line.name)</title></path>
                """
        }
        let keys = lines.enumerated().map { number, line -> HTMLText in
            """
            <li><svg width="24" height="8" aria-hidden="true"><line class="\(Self.line(number, line.isBaseline))" x1="0" x2="24" y1="4" \
            y2="4"/></svg>\(line.name)</li>
            """
        }
        return """
            <div><h3>\(title)</h3><svg class="sweep" viewBox="0 0 \(left + width + 16, digits: 0) \(top + height + 40, digits: 0)" \
            role="img" aria-label="\(title)">\(HTMLText(joining: marks))\(HTMLText(joining: curves))\
            <text x="\(left + width / 2, digits: 0)" y="\(top + height + 34, digits: 0)" text-anchor="middle">\
            threshold, of the hottest pixel</text></svg><ul class="key sweeps">\(HTMLText(joining: keys))</ul></div>
            """
    }

    private static func line(_ number: Int, _ isBaseline: Bool) -> HTMLText {
        "line l\(number % colours + 1)\(isBaseline ? " dashed" : number / colours % 2 == 1 ? " dotted" : "")"
    }
}
