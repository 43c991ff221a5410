/// A recording from left to right: which class was drawn, how probable it was, and how much of the picture was hot.
struct TimelineChart {
    private let frames: [SeenFrame]
    private let names: [String]
    /// Colour of each class; those without one are grey.
    private let colours: [Int: Int]
    private let length: Double

    private let width = 1000.0
    private let chart = 160.0
    private let strip = 18.0
    private let left = 44.0
    private let gap = 10.0
    /// Columns in which frames are put together.
    private static let columns = 500
    /// How many classes have a colour of their own.
    static let colourCount = 8

    /// - Parameter order: places of the classes' names, that with the first colour first.
    init(_ frames: [SeenFrame], names: [String], order: [Int]) {
        (self.frames, self.names) = (frames, names)
        colours = Dictionary(uniqueKeysWithValues: order.prefix(Self.colourCount).enumerated().map { ($1, $0 + 1) })
        length = max(frames.last.map { $0.time + $0.duration } ?? 0, 1e-3)
    }

    /// The name of a class's colour.
    func colour(_ label: Int) -> HTMLText { colours[label].map { "c\($0)" } ?? "c0" }

    var html: HTMLText {
        let low = 8 + chart
        let marks = [0.0, 0.5, 1.0].map { share -> HTMLText in
            let y = 8 + chart * (1 - share)
            return """
                <line class="grid" x1="\(left, digits: 0)" x2="\(left + width, digits: 0)" y1="\(y, digits: 1)" y2="\(y, digits: 1)"/>\
                <text x="\(left - 6, digits: 0)" y="\(y + 4, digits: 1)" text-anchor="end">\(100 * share, digits: 0) %</text>
                """
        }
        return """
            <div class="wide"><svg class="timeline" viewBox="0 0 \(left + width + 8, digits: 0) \(low + gap + strip + 24, digits: 0)" \
            role="img" aria-label="Classes, probability and heat over time">\(HTMLText(joining: marks))\
            <path class="hot" d="\(line(\.hot))"/><path class="probability" d="\(line(\.probability))"/>\
            \(segments(top: low + gap))\(axis.marks(y: low + gap + strip + 16))</svg></div>
            """
    }

    private var axis: TimeAxis { TimeAxis(left: left, width: width, length: length) }

    /// The mean of a value in each column.
    private func line(_ value: KeyPath<SeenFrame, Float>) -> HTMLText {
        var sums = [(sum: Float, count: Int)](repeating: (0, 0), count: Self.columns)
        for frame in frames {
            let column = min(Int(frame.time / length * Double(Self.columns)), Self.columns - 1)
            sums[max(column, 0)].sum += frame[keyPath: value]
            sums[max(column, 0)].count += 1
        }
        let points = sums.enumerated().filter { $0.element.count > 0 }.map { column, sum -> String in
            let share = Double(sum.sum / Float(sum.count))
            let across = left + width * (Double(column) + 0.5) / Double(Self.columns)
            return "\(fixed(across, digits: 1)) \(fixed(8 + chart * (1 - min(max(share, 0), 1)), digits: 1))"
        }
        return HTMLText(stringLiteral: points.isEmpty ? "" : "M" + points.joined(separator: "L"))
    }

    /// The drawn class, a block for as long as it stays.
    private func segments(top: Double) -> HTMLText {
        var blocks: [HTMLText] = []
        var start = 0
        while start < frames.count {
            let first = frames[start]
            var end = start
            while end < frames.count, frames[end].drawn == first.drawn, frames[end].isRecognised == first.isRecognised {
                end += 1
            }
            let until = end < frames.count ? frames[end].time : length
            let (from, to) = (axis.x(first.time), axis.x(until))
            let isNamed = first.isRecognised && first.drawn >= 0
            let name = isNamed ? names[Int(first.drawn)] : "nothing recognised"
            // A block of a few frames in an hour still is to be seen.
            blocks.append(
                """
                <rect class="\(isNamed ? colour(Int(first.drawn)) : "none")" x="\(from, digits: 2)" y="\(top, digits: 1)" \
                width="\(max(to - from, 0.4), digits: 2)" height="\(strip, digits: 0)"><title>\(name), \(clock(first.time)) to \
                \(clock(until))</title></rect>
                """)
            start = end
        }
        return HTMLText(joining: blocks.count <= Self.mostBlocks ? blocks : thinned(blocks))
    }

    /// More blocks than the chart has columns would only make the page large.
    private static let mostBlocks = 2000

    private func thinned(_ blocks: [HTMLText]) -> [HTMLText] {
        let step = Double(blocks.count) / Double(Self.mostBlocks)
        return (0..<Self.mostBlocks).map { blocks[Int(Double($0) * step)] }
    }
}

/// Such as "1:02:03", or "0:05.2" of what is short.
package func clock(_ seconds: Double) -> String {
    let tenths = Int((max(seconds, 0) * 10).rounded())
    let (hours, minutes, rest) = (tenths / 36000, tenths / 600 % 60, tenths % 600)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if hours > 0 { return "\(hours):\(two(minutes)):\(two(rest / 10))" }
    return "\(minutes):\(two(rest / 10)).\(rest % 10)"
}
