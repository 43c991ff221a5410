import CSteady

/// Median of each cell over a window of time: a flash that is shorter than half of the window leaves no trace, and a step
/// stays one.
///
/// The window is two time constants long, so that a step comes through one of them later. Each map counts for the time
/// since the one before it (a weighted median), so that variable frame rates change nothing.
final class MedianFilter: TemporalFilter {
    /// Maps that are kept at most: of more in a window, some count for their neighbours' time, too.
    static let depth = Int(CSTEADY_MAPS)
    /// Of maps with many cells fewer are kept, so that all together have no more than these cells...
    static let mostCells = 200_000
    /// ... but not fewer than these maps.
    static let leastDepth = 5

    var timeConstant: Double
    private var samples: [Sample] = []
    /// Samples that are in use, in order of time; the others are memory to use again.
    private var count = 0
    /// Of each map.
    private var cells = 0
    private var now = 0.0
    /// Of each sample: seconds within the window, and its map.
    private var weights = [Float](repeating: 0, count: depth)
    private var maps = [UnsafePointer<Float>?](repeating: nil, count: depth)

    /// A map, and the time that it counts for.
    private struct Sample {
        let map: UnsafeMutableBufferPointer<Float>
        var begin = 0.0
        var end = 0.0
    }

    init(timeConstant: Double) { self.timeConstant = timeConstant }

    deinit { for sample in samples { sample.map.deallocate() } }

    func filter(_ map: inout [Float], after elapsed: Double) {
        if map.count != cells { begin(withCells: map.count) }
        now += elapsed
        let begin = now - 2 * timeConstant
        dropSamples(until: begin)
        add(map)
        var total: Float = 0
        for index in 0..<count {
            weights[index] = Float(samples[index].end - max(samples[index].begin, begin))
            total += weights[index]
            maps[index] = UnsafePointer(samples[index].map.baseAddress)
        }
        guard count > 1, total > 0 else { return }
        map.withUnsafeMutableBufferPointer {
            csteady_median(maps, weights, Int32(count), total / 2, $0.baseAddress, Int32($0.count))
        }
    }

    func forget() {
        count = 0
        now = 0
    }

    func move(_ change: (UnsafeMutableBufferPointer<Float>) -> Void) {
        for index in 0..<count { change(samples[index].map) }
    }

    /// Starts with maps of another size.
    private func begin(withCells cells: Int) {
        forget()
        self.cells = cells
        for sample in samples { sample.map.deallocate() }
        samples.removeAll(keepingCapacity: true)
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
        let depth = max(Self.leastDepth, min(Self.depth, Self.mostCells / max(1, cells)))
        let spacing = 2 * timeConstant / Double(depth - 1)
        let begin = count > 0 ? samples[count - 1].end : now
        if count == depth || (count > 1 && samples[count - 1].end - samples[count - 1].begin < spacing) {
            // The newest one gives way: it counted for too short a time.
            samples[count - 1].end = now
        } else {
            if count == samples.count { samples.append(Sample(map: .allocate(capacity: cells))) }
            samples[count].begin = begin
            samples[count].end = now
            count += 1
        }
        _ = samples[count - 1].map.initialize(fromContentsOf: map)
    }
}
