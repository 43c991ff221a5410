/// Finds cuts between pictures by comparing their small inputs: a cut is a large change that the change before it does
/// not announce, which tells it from motion (FFmpeg's `scene` score, libavfilter f_select.c, does the same), or a
/// smaller one that no motion and no change of exposure explain.
package struct SceneCut {
    /// Mean absolute difference of samples, 0...255, from which a jump is a cut.
    static let threshold: Float = 26
    /// The same where much of the picture is not explained.
    static let unexplainedThreshold: Float = 14
    /// How much of it must be explained otherwise: 0...1.
    static let leastExplained: Float = 0.9

    private var previous: [UInt8] = []
    private var previousDifference: Float = 0

    package init() {}

    /// - Parameters:
    ///   - input: 8-bit samples of the picture, the same number each time.
    ///   - explained: how much of it comes from the one before, 0...1; nil: not known.
    /// - Returns: whether this picture starts a new scene. The first one does not.
    package mutating func isCut(_ input: UnsafeRawBufferPointer, explained: Float? = nil) -> Bool {
        // A prime step visits all channels, rows and columns without a pattern.
        let step = 13
        let count = input.count / step
        guard previous.count == count else {
            previous = (0..<count).map { input[$0 * step] }
            return false
        }
        var sum = 0
        for index in 0..<count {
            let sample = input[index * step]
            sum += abs(Int(sample) - Int(previous[index]))
            previous[index] = sample
        }
        let difference = Float(sum) / Float(max(1, count))
        defer { previousDifference = difference }
        let jump = min(difference, abs(difference - previousDifference))
        let isUnexplained = explained.map { $0 < Self.leastExplained } ?? false
        return jump > (isUnexplained ? Self.unexplainedThreshold : Self.threshold)
    }
}
