/// Median of each cell over a window of time: a flash that is shorter than half of the window leaves no trace, and a step
/// stays one.
///
/// The window is two time constants long, so that a step comes through one of them later. Each map counts for the time
/// since the one before it (a weighted median), so that variable frame rates change nothing.
final class MedianFilter: TemporalFilter {
    /// Maps that are kept at most: of more in a window, some count for their neighbours' time, too.
    static let depth = 32

    var timeConstant: Double
    private var samples: [Sample] = []
    /// Samples that are in use, in order of time; the others are memory to use again.
    private var count = 0
    private var now = 0.0
    /// Of each sample, in seconds within the window.
    private var weights = [Float](repeating: 0, count: depth)
    private var column = [(value: Float, weight: Float)](repeating: (0, 0), count: depth)

    /// A map, and the time that it counts for.
    private struct Sample {
        var map: [Float]
        var begin: Double
        var end: Double
    }

    init(timeConstant: Double) { self.timeConstant = timeConstant }

    func filter(_ map: inout [Float], after elapsed: Double) {
        if count > 0, samples[0].map.count != map.count { forget() }
        now += elapsed
        let begin = now - 2 * timeConstant
        dropSamples(until: begin)
        add(map)
        guard count > 1 else { return }
        var total: Float = 0
        for index in 0..<count {
            weights[index] = Float(samples[index].end - max(samples[index].begin, begin))
            total += weights[index]
        }
        column.withUnsafeMutableBufferPointer { column in
            for cell in map.indices {
                map[cell] = Self.median(cell, samples, weights, count, half: total / 2, column)
            }
        }
    }

    func forget() {
        count = 0
        now = 0
    }

    func move(_ change: (inout [Float]) -> Void) {
        for index in 0..<count { change(&samples[index].map) }
    }

    private func dropSamples(until begin: Double) {
        var kept = 0
        for index in 0..<count where samples[index].end > begin {
            if kept != index { samples.swapAt(kept, index) }
            kept += 1
        }
        count = kept
    }

    private func add(_ map: [Float]) {
        let spacing = 2 * timeConstant / Double(Self.depth - 1)
        let begin = count > 0 ? samples[count - 1].end : now
        if count == Self.depth || (count > 1 && samples[count - 1].end - samples[count - 1].begin < spacing) {
            // The newest one gives way: it counted for too short a time.
            samples[count - 1].end = now
        } else {
            if count == samples.count { samples.append(Sample(map: [], begin: 0, end: 0)) }
            samples[count].begin = begin
            samples[count].end = now
            count += 1
        }
        samples[count - 1].map.replace(with: map)
    }

    /// The value of one cell that lies in the middle of the time.
    private static func median(
        _ cell: Int, _ samples: [Sample], _ weights: [Float], _ count: Int, half: Float,
        _ column: UnsafeMutableBufferPointer<(value: Float, weight: Float)>
    ) -> Float {
        // Sorted by insertion: there are few, and neighbours are alike.
        for index in 0..<count {
            let new = (value: samples[index].map[cell], weight: weights[index])
            var place = index
            while place > 0, column[place - 1].value > new.value {
                column[place] = column[place - 1]
                place -= 1
            }
            column[place] = new
        }
        var sum: Float = 0
        for entry in column.prefix(count) {
            sum += entry.weight
            if sum >= half, sum > 0 { return entry.value }
        }
        return column[count - 1].value
    }
}
