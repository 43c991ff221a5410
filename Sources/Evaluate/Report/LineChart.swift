import Reports

/// Curves over a scale from 0 to 1, a line a method, with their bounds; baselines are dashed.
struct LineChart {
    struct Line {
        let name: String
        let isBaseline: Bool
        let places: [Double]
        let values: [Double]
        /// nil: nothing was drawn.
        var low: [Double]?
        var high: [Double]?
    }

    let title: String
    /// What it is over.
    let scale: String
    /// Whether the values are shares, and people read them in percent.
    let areShares: Bool
    let lines: [Line]

    private let width = 460.0
    private let height = 240.0
    private let left = 44.0
    private let top = 8.0
    /// How many lines have a colour of their own.
    static let colours = 8
    /// Bounds of more methods hide each other: they are shown of the line that is pointed at.
    private static let mostBounds = 3

    init(_ title: String, over scale: String, areShares: Bool, _ lines: [Line]) {
        (self.title, self.scale, self.areShares, self.lines) = (title, scale, areShares, lines)
    }

    private var highest: Double { max(0.1, min(1, (lines.flatMap(\.values).max() ?? 1) * 1.05)) }
    private var lowest: Double { max(-1, min(0, lines.flatMap(\.values).min() ?? 0)) }

    private func x(_ place: Double) -> Double { left + width * place }

    private func y(_ value: Double) -> Double {
        top + height * (highest - min(max(value, lowest), highest)) / (highest - lowest)
    }

    private func path(_ places: [Double], _ values: [Double]) -> String {
        zip(places, values).map { "\(fixed(x($0), digits: 1)) \(fixed(y($1), digits: 1))" }.joined(separator: "L")
    }

    var html: HTMLText {
        let shows = lines.count { !$0.isBaseline } <= Self.mostBounds
        let curves = lines.enumerated().map { number, line -> HTMLText in
            """
            <g class="curve">\(bounds(line, number))<path class="\(Self.line(number, line.isBaseline))" \
            d="M\(path(line.places, line.values))"/><title>\(line.name)</title></g>
            """
        }
        let keys = lines.enumerated().map { number, line -> HTMLText in
            """
            <li><svg width="24" height="8" aria-hidden="true"><line class="\(Self.line(number, line.isBaseline))" x1="0" x2="24" y1="4" \
            y2="4"/></svg>\(line.name)</li>
            """
        }
        return """
            <div><h3>\(title)</h3><svg class="sweep\(shows ? " few" : "")" viewBox="0 0 \(left + width + 24, digits: 0) \
            \(top + height + 40, digits: 0)" role="img" aria-label="\(title)">\(marks)\(HTMLText(joining: curves))\
            <text x="\(left + width / 2, digits: 0)" y="\(top + height + 34, digits: 0)" text-anchor="middle">\(scale)</text></svg>\
            <ul class="key sweeps">\(HTMLText(joining: keys))</ul></div>
            """
    }

    /// The grid, and what it stands for.
    private var marks: HTMLText {
        let range = highest - lowest
        let step = range > 1.2 ? 0.5 : range > 0.5 ? 0.2 : range > 0.2 ? 0.1 : 0.02
        var marks: [HTMLText] = []
        for number in Int((lowest / step).rounded(.up))...Int(highest / step) {
            let value = Double(number) * step
            let text = areShares ? "\(fixed(100 * value, digits: 0)) %" : fixed(value, digits: step < 0.1 ? 2 : 1)
            marks.append(
                """
                <line class="grid" x1="\(left, digits: 0)" x2="\(left + width, digits: 0)" y1="\(y(value), digits: 1)" \
                y2="\(y(value), digits: 1)"/><text x="\(left - 6, digits: 0)" y="\(y(value) + 4, digits: 1)" text-anchor="end">\(text)</text>
                """)
        }
        for share in [0, 0.25, 0.5, 0.75, 1] {
            marks.append(
                """
                <text x="\(x(share), digits: 0)" y="\(top + height + 16, digits: 0)" text-anchor="middle">\(100 * share, digits: 0) %</text>
                """)
        }
        return HTMLText(joining: marks)
    }

    private func bounds(_ line: Line, _ number: Int) -> HTMLText {
        guard let low = line.low, let high = line.high else { return "" }
        let back = path(line.places.reversed(), low.reversed())
        return "<path class=\"band c\(number % Self.colours + 1)\" d=\"M\(path(line.places, high))L\(back)Z\"/>"
    }

    private static func line(_ number: Int, _ isBaseline: Bool) -> HTMLText {
        "line l\(number % colours + 1)\(isBaseline ? " dashed" : number / colours % 2 == 1 ? " dotted" : "")"
    }
}
