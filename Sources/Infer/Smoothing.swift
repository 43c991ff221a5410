import Glibc

/// Exponential moving average of raw maps over time, one for each class.
///
/// The weight of the past is exp(-Δt / τ), so that a clip at any frame rate gives the same map at the same time. A class
/// that was not explained for a while starts afresh by itself.
struct Smoothing {
    /// τ in seconds; 0: the maps stay as they are.
    var timeConstant: Double

    private struct History {
        var map: [Float]
        var seconds: Double
    }
    private var histories: [Int: History] = [:]

    init(timeConstant: Double) { self.timeConstant = timeConstant }

    /// Replaces a map by its average with the class's past.
    ///
    /// - Parameters:
    ///   - map: raw values; always the same number.
    ///   - seconds: presentation time. A step back in time starts afresh.
    mutating func smooth(_ map: inout [Float], ofClass classID: Int, at seconds: Double) {
        guard timeConstant > 0 else { return }
        guard let index = histories.index(forKey: classID) else {
            histories[classID] = History(map: map, seconds: seconds)
            return
        }
        // In place: taking the history out and putting it back would copy the map.
        let elapsed = seconds - histories.values[index].seconds
        let past = elapsed >= 0 ? Float(exp(-elapsed / timeConstant)) : 0
        for cell in map.indices {
            let smoothed = map[cell] + past * (histories.values[index].map[cell] - map[cell])
            histories.values[index].map[cell] = smoothed
            map[cell] = smoothed
        }
        histories.values[index].seconds = seconds
    }

    /// Forgets the past, after a cut.
    mutating func reset() { histories.removeAll(keepingCapacity: true) }
}
