/// When a class was drawn.
struct ClassTimes {
    /// Place in the list of names.
    let label: Int
    /// Seconds: in all, when it was drawn first, and until when it was drawn last.
    var shown = 0.0
    var first: Double
    var last: Double
    /// Stretches without another class between.
    var times = 1
    /// Sum of the probabilities by time, and the highest one.
    private var weighted = 0.0
    private(set) var highest: Float = 0

    /// Mean over the time in which it was drawn.
    var mean: Double { shown > 0 ? weighted / shown : Double(highest) }

    /// Of all classes that were drawn as more than a guess, those that were drawn longest first.
    static func all(_ frames: [SeenFrame]) -> [ClassTimes] {
        var byLabel: [Int32: ClassTimes] = [:]
        var before: Int32?
        for frame in frames {
            guard frame.isRecognised, frame.drawn >= 0 else {
                before = nil
                continue
            }
            var times =
                byLabel[frame.drawn]
                ?? ClassTimes(label: Int(frame.drawn), first: frame.time, last: frame.time, times: 0)
            if before != frame.drawn { times.times += 1 }
            times.shown += frame.duration
            times.last = frame.time + frame.duration
            times.weighted += Double(frame.probability) * frame.duration
            times.highest = max(times.highest, frame.probability)
            byLabel[frame.drawn] = times
            before = frame.drawn
        }
        return byLabel.values.sorted { ($0.shown, $1.label) > ($1.shown, $0.label) }
    }
}
