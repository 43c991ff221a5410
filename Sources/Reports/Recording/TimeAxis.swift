/// The time of a recording along a chart, from left to right.
struct TimeAxis {
    /// Where it begins, and how wide it is, in units of the chart.
    let left: Double
    let width: Double
    /// Seconds of the recording.
    let length: Double

    init(left: Double, width: Double, length: Double) {
        (self.left, self.width, self.length) = (left, width, max(length, 1e-3))
    }

    func x(_ time: Double) -> Double { left + width * min(max(time / length, 0), 1) }

    /// A mark at each fifth.
    func marks(y: Double) -> HTMLText {
        HTMLText(
            joining: (0...5).map { number -> HTMLText in
                let time = length * Double(number) / 5
                let anchor: HTMLText = number == 0 ? "start" : number == 5 ? "end" : "middle"
                return """
                    <text x="\(x(time), digits: 1)" y="\(y, digits: 0)" text-anchor="\(anchor)">\(clock(time))</text>
                    """
            })
    }
}
