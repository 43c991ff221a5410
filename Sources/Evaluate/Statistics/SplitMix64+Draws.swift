import Pipeline

extension SplitMix64 {
    /// 0..<1.
    package mutating func share() -> Float { Float(next() >> 40) / Float(1 << 24) }

    /// 0..<count.
    mutating func place(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    /// 0..<count in a random order.
    mutating func order(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for place in stride(from: count - 1, to: 0, by: -1) { order.swapAt(place, self.place(below: place + 1)) }
        return order
    }
}
