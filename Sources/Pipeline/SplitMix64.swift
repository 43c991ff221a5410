/// Random numbers that are the same for the same seed on every machine. Steele et al. 2014, "Fast splittable
/// pseudorandom number generators", doi:10.1145/2714064.2660195.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    package mutating func value(in range: ClosedRange<Double>) -> Double {
        // Not Double.random(in:), whose way to use the bits is not promised to stay.
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(next() >> 11) / Double(1 << 53)
    }
}
