import Foundation
import Reports

/// The reliability diagram (Guo et al. 2017, figure 1): of answers with about the same probability, how many were right.
struct ReliabilityChart {
    private let bins: [Calibration.Bin]
    /// Of the square of the diagram, and what is around it.
    private let side = 300.0
    private let left = 44.0
    private let top = 8.0
    private let bottom = 40.0

    init(_ calibration: Calibration) { bins = calibration.bins }

    var html: HTMLText {
        let width = side / Double(bins.count)
        let bars = bins.enumerated().compactMap { place, bin -> HTMLText? in
            guard let accuracy = bin.accuracy, let confidence = bin.confidence else { return nil }
            let (x, y) = (left + Double(place) * width, top + side * (1 - accuracy))
            let told =
                "\(counted(bin.count, "answer", "answers")), \(percent(confidence)) on average, \(percent(accuracy)) right"
            // The number stands in the bar where there is room, else over it.
            let number = accuracy > 0.15 ? top + side - 5 : y - 4
            return """
                <g><title>\(told)</title>\
                <rect class="bar" x="\(x + 1, digits: 1)" y="\(y, digits: 1)" width="\(width - 2, digits: 1)" \
                height="\(side * accuracy, digits: 1)"/>\
                <line class="said" x1="\(x + 1, digits: 1)" x2="\(x + width - 1, digits: 1)" \
                y1="\(top + side * (1 - confidence), digits: 1)" y2="\(top + side * (1 - confidence), digits: 1)"/>\
                <text class="\(accuracy > 0.15 ? "on" : "over")" x="\(x + width / 2, digits: 1)" y="\(number, digits: 1)" \
                text-anchor="middle">\(bin.count)</text></g>
                """
        }
        let marks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0].map { share -> HTMLText in
            let (x, y) = (left + side * share, top + side * (1 - share))
            return """
                <line class="grid" x1="\(left, digits: 0)" x2="\(left + side, digits: 0)" y1="\(y, digits: 1)" y2="\(y, digits: 1)"/>\
                <text x="\(left - 6, digits: 0)" y="\(y + 4, digits: 1)" text-anchor="end">\(100 * share, digits: 0) %</text>\
                <text x="\(x, digits: 1)" y="\(top + side + 16, digits: 0)" text-anchor="middle">\(100 * share, digits: 0) %</text>
                """
        }
        let (right, low) = (left + side, top + side)
        return """
            <svg class="reliability" viewBox="0 0 \(right + 20, digits: 0) \(low + bottom, digits: 0)" role="img" \
            aria-label="Reliability diagram">\(HTMLText(joining: marks))\(HTMLText(joining: bars))\
            <line class="ideal" x1="\(left, digits: 0)" y1="\(low, digits: 0)" x2="\(right, digits: 0)" y2="\(top, digits: 0)"/>\
            <text x="\(left + side / 2, digits: 0)" y="\(low + 34, digits: 0)" text-anchor="middle">probability that the model gave</text>
            </svg>
            """
    }
}
