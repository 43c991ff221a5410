/// The value that a share of all others lies above. Keeps its memory for the next map.
struct HighValue {
    private var scratch: [Float] = []

    /// - Parameters:
    ///   - share: 0...1; so many values, rounded down, are larger or as large. 0: the maximum.
    /// - Returns: 0 of no values.
    mutating func callAsFunction(_ values: [Float], above share: Double) -> Float {
        let rank = Int(share * Double(values.count))
        guard rank > 0 else { return values.max() ?? 0 }
        scratch.replace(with: values)
        return Self.select(rank, &scratch)
    }

    /// The value that would stand at a place if they were sorted from the largest on (Hoare's quickselect).
    private static func select(_ rank: Int, _ values: inout [Float]) -> Float {
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
