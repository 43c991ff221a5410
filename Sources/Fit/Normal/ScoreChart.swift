import Reports

/// How many held-out good pictures have which score, and where the threshold is.
struct ScoreChart {
    private let counts: [Int]
    private let low: Double
    private let step: Double
    private let threshold: Double

    private static let bars = 24

    init(_ report: NormalReport) {
        let scores = report.heldOut.map { Double($0.score) }
        threshold = Double(report.threshold.distance)
        let lowest = min(scores.min() ?? 0, threshold)
        let highest = max(scores.max() ?? 0, threshold)
        // Something to see on both sides.
        let width = max(highest - lowest, 1e-6)
        (low, step) = (lowest - 0.05 * width, 1.1 * width / Double(Self.bars))
        var counts = [Int](repeating: 0, count: Self.bars)
        for score in scores { counts[min(Self.bars - 1, max(0, Int((score - low) / step)))] += 1 }
        self.counts = counts
    }

    var html: HTMLText {
        let (left, top, width, height) = (40.0, 10.0, 480.0, 140.0)
        let most = Double(max(1, counts.max() ?? 1))
        let bar = width / Double(Self.bars)
        let bars = counts.enumerated().filter { $0.element > 0 }.map { number, count -> HTMLText in
            let tall = height * Double(count) / most
            let from = low + Double(number) * step
            return """
                <rect class="bar" x="\(left + Double(number) * bar + 1, digits: 1)" y="\(top + height - tall, digits: 1)" \
                width="\(bar - 2, digits: 1)" height="\(tall, digits: 1)"><title>\(count) from \(from, digits: 2) to \
                \(from + step, digits: 2)</title></rect>
                """
        }
        let line = left + (threshold - low) / step * bar
        let ground = top + height
        return """
            <div class="wide"><svg class="reliability" viewBox="0 0 540 190" role="img" aria-label="Scores of good images">
            <line class="grid" x1="\(left, digits: 0)" x2="\(left + width, digits: 0)" y1="\(ground, digits: 0)" y2="\(ground, digits: 0)"/>\
            <text x="\(left - 6, digits: 0)" y="\(top + 10, digits: 0)" text-anchor="end">\(Int(most))</text>\
            \(HTMLText(joining: bars))\
            <line class="ideal" x1="\(line, digits: 1)" x2="\(line, digits: 1)" y1="\(top, digits: 0)" y2="\(ground, digits: 0)"/>\
            <text x="\(left, digits: 0)" y="\(ground + 16, digits: 0)">\(low, digits: 2)</text>\
            <text x="\(left + width, digits: 0)" y="\(ground + 16, digits: 0)" text-anchor="end">\(low + step * Double(Self.bars), digits: 2)</text>\
            <text x="\(left + width / 2, digits: 0)" y="\(ground + 34, digits: 0)" text-anchor="middle">distance of the worst place; \
            the threshold is \(threshold, digits: 2)</text>
            </svg></div>
            """
    }
}
