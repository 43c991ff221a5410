import CSteady

/// The value that a share of all others lies above. Keeps its memory for the next map.
struct HighValue {
    private var scratch: [Float] = []

    /// - Parameters:
    ///   - share: 0...1; so many values, rounded down, are larger or as large. 0: the maximum.
    /// - Returns: 0 of no values.
    mutating func callAsFunction(_ values: [Float], above share: Double) -> Float {
        var rank = Int32(share * Double(values.count))
        guard rank > 0, Int(rank) < values.count else { return values.range.high }
        if scratch.count < values.count { scratch = [Float](repeating: 0, count: values.count) }
        return scratch.withUnsafeMutableBufferPointer { scratch in
            let left = values.withUnsafeBufferPointer {
                csteady_narrow($0.baseAddress, Int32($0.count), &rank, scratch.baseAddress)
            }
            return Self.select(Int(rank), UnsafeMutableBufferPointer(rebasing: scratch[..<Int(left)]))
        }
    }

    /// The value that would stand at a place if they were sorted from the largest on (Hoare's quickselect).
    private static func select(_ rank: Int, _ values: UnsafeMutableBufferPointer<Float>) -> Float {
        var (first, last) = (0, values.count - 1)
        while first < last {
            let pivot = values[first + (last - first) / 2]
            var (left, right) = (first, last)
            while left <= right {
                while values[left] > pivot { left += 1 }
                while values[right] < pivot { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if rank <= right {
                last = right
            } else if rank >= left {
                first = left
            } else {
                break
            }
        }
        return values[rank]
    }
}
