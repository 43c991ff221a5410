import CResize

/// Taps of all outputs along one axis, as the loops in C read them.
final class TapTable {
    /// How many outputs there are.
    let count: Int
    /// Weights an output.
    let stride: Int
    /// The samples that are read at all.
    let samples: Range<Int>
    private let first: [Int32]
    private let taps: [Int32]
    private let weights: [Float]

    /// First samples are counted from the first one that is read at all.
    init(_ all: [Taps]) {
        count = all.count
        let lanes = Int(CRESIZE_LANES)
        let stride = (all.lazy.map(\.weights.count).max() ?? 0).roundedUp(to: lanes)
        let start = all.lazy.map(\.first).min() ?? 0
        samples = start..<(all.lazy.map { $0.first + $0.weights.count }.max() ?? 0)
        // Columns are made four at a time.
        let padded = count.roundedUp(to: 4)
        first = all.map { Int32($0.first - start) } + Array(repeating: 0, count: padded - count)
        taps = all.map { Int32($0.weights.count) } + Array(repeating: 0, count: padded - count)
        var weights = [Float](repeating: 0, count: padded * stride)
        for (output, taps) in all.enumerated() {
            for (tap, weight) in taps.weights.enumerated() { weights[output * stride + tap] = Float(weight) }
        }
        self.weights = weights
        self.stride = stride
    }

    /// - Parameter body: the table is valid within it only.
    func withAxis<Result>(_ body: (cresize_axis) -> Result) -> Result {
        first.withUnsafeBufferPointer { first in
            taps.withUnsafeBufferPointer { taps in
                weights.withUnsafeBufferPointer { weights in
                    body(
                        cresize_axis(
                            count: Int32(count), stride: Int32(stride), first: first.baseAddress,
                            taps: taps.baseAddress, weights: weights.baseAddress))
                }
            }
        }
    }
}

extension Int {
    fileprivate func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
