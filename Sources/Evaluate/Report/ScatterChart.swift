import Reports

/// A figure of two methods picture by picture, a dot each; on the line both have the same.
struct ScatterChart {
    let metric: Metric
    /// Titles of both, across and up.
    let across: String
    let up: String
    let points: [Evaluation.Scatter.Point]

    private let side = 280.0
    private let left = 70.0
    private let top = 8.0

    private var highest: Double { max(1e-9, points.flatMap { [$0.across, $0.up] }.max() ?? 1) }
    private var lowest: Double { min(0, points.flatMap { [$0.across, $0.up] }.min() ?? 0) }

    private func share(_ value: Double) -> Double { (value - lowest) / (highest - lowest) }
    private func x(_ value: Double) -> Double { left + side * share(value) }
    private func y(_ value: Double) -> Double { top + side * (1 - share(value)) }

    private func text(_ value: Double) -> String {
        EvaluationText.value(Estimate(value: value, low: nil, high: nil), metric)
    }

    var html: HTMLText {
        let dots = points.map { point -> HTMLText in
            """
            <circle class="c1 dot" cx="\(x(point.across), digits: 1)" cy="\(y(point.up), digits: 1)" r="4"><title>\(point.picture): \
            \(text(point.across)), \(text(point.up))</title></circle>
            """
        }
        let marks = [lowest, (lowest + highest) / 2, highest].map { value -> HTMLText in
            """
            <line class="grid" x1="\(left, digits: 0)" x2="\(left + side, digits: 0)" y1="\(y(value), digits: 1)" y2="\(y(value), digits: 1)"/>\
            <text x="\(left - 6, digits: 0)" y="\(y(value) + 4, digits: 1)" text-anchor="end">\(text(value))</text>\
            <text x="\(x(value), digits: 1)" y="\(top + side + 16, digits: 0)" text-anchor="middle">\(text(value))</text>
            """
        }
        let title = "\(metric.title), image by image"
        return """
            <div><h3>\(title)</h3><svg class="sweep scatter" viewBox="0 0 \(left + side + 28, digits: 0) \(top + side + 40, digits: 0)" \
            role="img" aria-label="\(title)">\(HTMLText(joining: marks))<line class="grid" x1="\(x(lowest), digits: 1)" \
            y1="\(y(lowest), digits: 1)" x2="\(x(highest), digits: 1)" y2="\(y(highest), digits: 1)"/>\(HTMLText(joining: dots))\
            <text x="\(left + side / 2, digits: 0)" y="\(top + side + 34, digits: 0)" text-anchor="middle">\(across)</text>\
            <text transform="translate(12 \(top + side / 2, digits: 0)) rotate(-90)" text-anchor="middle">\(up)</text></svg>\
            <p class="quiet">\(verdict)</p></div>
            """
    }

    /// Who is better how often.
    private var verdict: HTMLText {
        func count(_ isBetter: (Double, Double) -> Bool) -> Int { points.count { isBetter($0.across, $0.up) } }
        let (first, second) = metric.higherIsBetter ? (count(>), count(<)) : (count(<), count(>))
        return "\(across) is better in \(first), \(up) in \(second) of \(counted(points.count, "image", "images"))."
    }
}
