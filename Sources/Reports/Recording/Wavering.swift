/// A stretch in which the classifier could not make up its mind, frame by frame, whatever was drawn.
struct Wavering: Equatable {
    /// Seconds.
    let from: Double
    let to: Double
    /// How often the most probable class changed.
    let changes: Int
    /// The smallest margin between the two most probable classes.
    let margin: Float
    /// The classes that were the most probable one, the most frequent first: places in the list of names.
    let labels: [Int]

    /// Seconds of which each stretch is made.
    static let window = 2.0
    /// Fewer changes in a window are a change of scene.
    static let fewest = 3

    /// The stretches with the most changes in a second first.
    static func find(_ frames: [SeenFrame], most limit: Int) -> [Wavering] {
        var found: [Wavering] = []
        var start = 0
        // Windows from the recording's start on; neighbours that waver are one stretch.
        var open: Range<Int>?
        func close() {
            if let span = open { found.append(Wavering(frames, span)) }
            open = nil
        }
        while start < frames.count {
            let end = frames[start].time + window
            var next = start
            while next < frames.count, frames[next].time < end { next += 1 }
            if changes(frames, start..<next) >= fewest {
                open = (open?.lowerBound ?? start)..<next
            } else {
                close()
            }
            start = next
        }
        close()
        let rated = found.sorted { ($0.rate, $1.from) > ($1.rate, $0.from) }
        return Array(rated.prefix(limit))
    }

    private var rate: Double { Double(changes) / max(to - from, 1e-3) }

    private init(_ frames: [SeenFrame], _ span: Range<Int>) {
        var counts: [Int32: Int] = [:]
        for frame in frames[span] where frame.best >= 0 { counts[frame.best, default: 0] += 1 }
        from = frames[span.lowerBound].time
        to = frames[span.upperBound - 1].time + frames[span.upperBound - 1].duration
        changes = Self.changes(frames, span)
        margin = frames[span].map(\.margin).min() ?? 0
        labels = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { Int($0.key) }
    }

    private static func changes(_ frames: [SeenFrame], _ span: Range<Int>) -> Int {
        zip(frames[span], frames[span].dropFirst()).count { $0.best != $1.best }
    }
}
