/// A recording from left to right: when there were objects of each class, a line a class.
struct PresenceChart {
    let classes: [SeenObjects.Class]
    let names: [String]
    /// Seconds of the recording.
    let length: Double
    /// The name of a class's colour.
    let colour: (Int) -> HTMLText

    /// Further classes are in the table.
    static let mostClasses = 16
    private let width = 1000.0
    private let left = 160.0
    private let line = 18.0
    private let gap = 6.0
    /// More blocks than the chart has columns would only make the page large.
    private static let mostBlocks = 1000

    var html: HTMLText {
        let shown = classes.prefix(Self.mostClasses)
        let bottom = Double(shown.count) * (line + gap)
        let lines = shown.enumerated().map { number, seen -> HTMLText in
            let (top, name) = (Double(number) * (line + gap), names[Int(seen.label)])
            let step = max(Double(seen.stretches.count) / Double(Self.mostBlocks), 1)
            let blocks = stride(from: 0.0, to: Double(seen.stretches.count), by: step).map { index -> HTMLText in
                let (from, to) = seen.stretches[Int(index)]
                // A block of a few frames in an hour still is to be seen.
                return """
                    <rect class="\(colour(Int(seen.label)))" x="\(axis.x(from), digits: 2)" y="\(top, digits: 0)" \
                    width="\(max(axis.x(to) - axis.x(from), 0.4), digits: 2)" height="\(line, digits: 0)"><title>\(name), \(clock(from)) to \
                    \(clock(to))</title></rect>
                    """
            }
            return """
                <text x="\(left - 8, digits: 0)" y="\(top + 14, digits: 0)" text-anchor="end">\(Self.short(name))</text>\
                <rect class="none" x="\(left, digits: 0)" y="\(top, digits: 0)" width="\(width, digits: 0)" height="\(line, digits: 0)"/>\
                \(HTMLText(joining: blocks))
                """
        }
        return """
            <div class="wide"><svg class="timeline" viewBox="0 0 \(left + width + 8, digits: 0) \(bottom + 22, digits: 0)" role="img" \
            aria-label="When objects of each class were there">\(HTMLText(joining: lines))\(axis.marks(y: bottom + 14))</svg></div>
            """
    }

    private var axis: TimeAxis { TimeAxis(left: left, width: width, length: length) }

    /// What fits beside a line.
    private static func short(_ name: String) -> String { name.count > 22 ? "\(name.prefix(21))…" : name }
}
